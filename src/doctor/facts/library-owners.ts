import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { nvidiaDriverVersions } from './nvidia-driver-versions.js';
import { packages } from './packages.js';
import { runManifest } from './run-manifest.js';

/** Who put a library of the driver where it is: a package by its name, NVIDIA's installer, or nobody that left a record. */
export type LibraryOwner = { readonly kind: 'package'; readonly name: string } | { readonly kind: 'run' } | { readonly kind: 'nobody' };

const info = '/var/lib/dpkg/info';

/** `libnvidia-compute-550:amd64.list` lists the files of a package, one a line. */
const isList = (file: string, name: string) => file === `${name}.list` || (file.startsWith(`${name}:`) && file.endsWith('.list'));

/** The owner of each libcuda and libnvidia-ml whose name has a version, where dpkg's lists can be read; empty where there are none. */
export const libraryOwners: Fact<ReadonlyMap<HostPath, LibraryOwner>> = {
  name: 'libraryOwners',
  async read(host, facts) {
    const [versions, installed, manifest, lists] = [
      await facts.of(nvidiaDriverVersions),
      await facts.of(packages),
      await facts.of(runManifest),
      await host.list(info),
    ];
    if (!versions.known) return versions;
    if (!versions.value.userSpace.known) return versions.value.userSpace;
    if (!installed.known) return installed;
    const owners = new Map<HostPath, LibraryOwner>();
    const names = installed.value.map(({ name }) => name).filter((name) => /nvidia|libcuda/.test(name));
    const files = lists.outcome === 'entries' ? lists.names : [];
    const packaged = new Map<string, string>();
    for (const name of names)
      for (const path of await filesOf(
        host,
        files.filter((file) => isList(file, name)),
      ))
        packaged.set(path, name);
    const byInstaller = new Set(manifest.known ? manifest.value?.installed : []);
    for (const { path } of versions.value.userSpace.value) {
      const name = packaged.get(path);
      if (name !== undefined) owners.set(path, { kind: 'package', name });
      else if (byInstaller.has(path)) owners.set(path, { kind: 'run' });
      // Only where both records could be read is it nobody's.
      else if (packaged.size > 0 && manifest.known) owners.set(path, { kind: 'nobody' });
    }
    return known(owners, `${info} and /var/lib/nvidia/log`);
  },
};

async function filesOf(host: Host, lists: readonly string[]): Promise<readonly string[]> {
  const texts = await Promise.all(lists.map((list) => host.read(`${info}/${list}` as HostPath)));
  return texts.flatMap((answer) => (answer.outcome === 'text' ? answer.text.split('\n').filter((line) => line.startsWith('/')) : []));
}
