import { type LibraryOwner, libraryOwners } from '../facts/library-owners.js';
import { nvidiaDriverVersions } from '../facts/nvidia-driver-versions.js';
import type { Check } from '../finding.js';
import { followedOutside } from '../in-container.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const versionMismatch: Check = {
  id: 'driver/version-mismatch',
  title: 'Loaded module, module on disk and libraries are of one version',
  link: 'libraries',
  requires: [
    'host/no-nvidia-gpu',
    'kernel/nouveau-loaded',
    'kernel/gpu-owned-by-other-driver',
    'driver/module-not-loaded',
    'driver/libraries-missing',
  ],
  about:
    'Compares /proc/driver/nvidia/version, modinfo of the file that the next boot loads, and the names of libnvidia-ml and libcuda. An unattended upgrade changes the last two while the first runs on: `Failed to initialize NVML: Driver/library version mismatch`.',
  async examine(facts) {
    const versions = await facts.of(nvidiaDriverVersions);
    if (!versions.known) return undetermined(versions.why);
    const { loaded, onDisk, userSpace } = versions.value;
    if (!loaded.known) return undetermined(loaded.why);
    if (!userSpace.known) return undetermined(userSpace.why);
    if (!loaded.value) return notApplicable('no NVIDIA module is loaded');
    if (userSpace.value.length === 0) return notApplicable('there are no libraries of a driver');
    const running = loaded.value.version;
    const libraries = [...new Set(userSpace.value.map(({ version }) => version))];
    const disk = onDisk.known ? onDisk.value?.version : undefined;
    const mixed = libraries.length > 1 || !libraries.includes(running);
    const owners = mixed ? await facts.of(libraryOwners) : undefined;
    const evidence = [
      `loaded: ${running} (${loaded.value.source})`,
      onDisk.known && onDisk.value ? `on disk: ${disk ?? 'of unknown version'} (${onDisk.value.path})` : 'on disk: not known',
      ...userSpace.value.map(
        ({ version, path }) => `library: ${version} (${path}${ownedBy(owners?.known ? owners.value.get(path) : undefined)})`,
      ),
    ];
    const usable = libraries.includes(running);
    if (usable && libraries.length === 1 && (disk === undefined || disk === running)) return clear(`Everything is ${running}`, ...evidence);
    const pending = !usable && disk !== undefined && libraries.includes(disk);
    return found({
      severity: usable ? 'warning' : 'blocker',
      summary: usable
        ? libraries.length > 1
          ? `Libraries of several drivers are installed: ${libraries.join(', ')}`
          : `${running} is loaded, and ${disk} is on disk for the next boot`
        : `The kernel runs nvidia ${running}, and the libraries are ${libraries.join(', ')}`,
      why: usable
        ? 'It works now, and may not after the next boot'
        : 'Module and libraries must be of the same version to the last digit: nvidia-smi and CUDA refuse anything else',
      evidence,
      remedy: await followedOutside(facts, {
        summary: pending
          ? 'An upgrade is half done: reboot to load the new module, or stop what uses the GPU and load it now'
          : 'Install module and libraries from one source, then reboot',
        commands: pending ? ['sudo systemctl reboot'] : ['gpu-setup install-driver --dkms --dry-run'],
        automatic: !pending,
        needs: ['root', 'reboot'],
      }),
    });
  },
};

/** Who must take it away, or bring it to another version. */
function ownedBy(owner: LibraryOwner | undefined): string {
  switch (owner?.kind) {
    case 'package':
      return `, of the package ${owner.name}`;
    case 'run':
      return ', of the `.run` installer';
    case 'nobody':
      return ', of no package and no installer';
    case undefined:
      return '';
  }
}
