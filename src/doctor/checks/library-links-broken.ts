import { posix } from 'node:path';
import { type LibraryLink, libraryLinks } from '../facts/library-links.js';
import { type DriverLibrary, nvidiaDriverVersions, parseLibraryName } from '../facts/nvidia-driver-versions.js';
import type { Check } from '../finding.js';
import { installedDriver } from '../requirements.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const libraryLinksBroken: Check = {
  id: 'driver/library-links-broken',
  title: 'The names that programs load the driver’s libraries by lead to them',
  link: 'libraries',
  requires: [...installedDriver, 'driver/libraries-missing'],
  about:
    'Follows libcuda.so.1 and libnvidia-ml.so.1. A link that leads nowhere, or to another version than the loaded driver whose own library lies beside, is what an uninstallation or a second installer left.',
  async examine(facts) {
    const [links, versions] = [await facts.of(libraryLinks), await facts.of(nvidiaDriverVersions)];
    if (!links.known) return undetermined(links.why);
    const ours = links.value.filter(({ soname }) => soname !== 'libGL.so.1');
    if (!versions.known || !versions.value.userSpace.known) return undetermined('the libraries are not known');
    const files = versions.value.userSpace.value;
    if (files.length === 0) return notApplicable('there are no libraries of a driver');
    const loaded = versions.value.loaded.known ? versions.value.loaded.value?.version : undefined;
    const broken = ours.flatMap((link) => complaintOf(link, ours, files, loaded) ?? []);
    if (broken.length === 0)
      return clear('They lead to files', ...ours.map(({ path, target }) => `${path}${target ? ` -> ${target}` : ''}`));
    return found({
      severity: 'blocker',
      summary: broken.length === 1 ? 'A link to the driver’s libraries is broken' : 'The links to the driver’s libraries are broken',
      why: 'Programs load the libraries by these names: CUDA finds no driver, nvidia-smi no NVML',
      evidence: broken,
      remedy: {
        summary: 'Have the links made anew; where that does not help, install the driver again',
        commands: ['sudo ldconfig'],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};

/** What is wrong with one link: it leads nowhere and no other folder has a good one, or past the library of the loaded driver. */
function complaintOf(
  link: LibraryLink,
  links: readonly LibraryLink[],
  files: readonly DriverLibrary[],
  loaded: string | undefined,
): string | undefined {
  const { path, soname, target, leads } = link;
  if (leads === false) {
    const another = links.some((each) => each.soname === soname && each.leads !== false);
    return another ? undefined : `${path} -> ${target}, where nothing is`;
  }
  const version = target === null ? undefined : parseLibraryName(posix.basename(target));
  const right = `${posix.dirname(path)}/${soname.replace(/\.1$/, '')}.${loaded}`;
  return loaded && version && version !== loaded && files.some((file) => file.path === right)
    ? `${path} -> ${target}, and ${right} of the loaded driver lies beside`
    : undefined;
}
