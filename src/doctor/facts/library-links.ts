import { posix } from 'node:path';
import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known, unknown } from '../fact.js';

/** The name that programs load a library by, and where it leads. */
export interface LibraryLink {
  /** `/usr/lib/x86_64-linux-gnu/libcuda.so.1` */
  readonly path: HostPath;
  /** `libcuda.so.1` */
  readonly soname: string;
  /** As written in the link; null where it is a file of its own. */
  readonly target: string | null;
  /** Whether there is something at its end; undefined where nobody could look. */
  readonly leads: boolean | undefined;
}

/** Where the system's loader looks, whatever the distribution. */
export const libraryDirectories: readonly HostPath[] = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/lib/x86_64-linux-gnu/nvidia/current',
  '/usr/lib/wsl/lib',
];

const sonames = ['libcuda.so.1', 'libnvidia-ml.so.1', 'libGL.so.1'];

/** libcuda.so.1, libnvidia-ml.so.1 and libGL.so.1 in each folder that has one. */
export const libraryLinks: Fact<readonly LibraryLink[]> = {
  name: 'libraryLinks',
  async read(host) {
    let looked = false;
    const links: LibraryLink[] = [];
    for (const directory of libraryDirectories) {
      // /usr/lib64 may be a link to /usr/lib: the same files are not told twice.
      const listing = await host.list(directory);
      if (listing.outcome !== 'unavailable') looked = true;
      if (listing.outcome !== 'entries') continue;
      for (const soname of sonames.filter((each) => listing.names.includes(each))) {
        const found = await look(host, directory, soname);
        if (!links.some((link) => link.soname === soname && link.target === found.target && sameFolder(link.path, found.path)))
          links.push(found);
      }
    }
    return looked ? known(links, 'the folders of libraries') : unknown('no folder of libraries could be listed');
  },
};

const sameFolder = (one: string, other: string) => posix.dirname(one).replace(/64$/, '') === posix.dirname(other).replace(/64$/, '');

async function look(host: Host, directory: HostPath, soname: string): Promise<LibraryLink> {
  const path = `${directory}/${soname}` as HostPath;
  const link = await host.readLink(path);
  if (link.outcome !== 'link') return { path, soname, target: null, leads: link.outcome === 'absent' ? true : undefined };
  const end = posix.resolve(directory, link.target) as HostPath;
  const listing = await host.list(posix.dirname(end) as HostPath);
  const leads =
    listing.outcome === 'entries' ? listing.names.includes(posix.basename(end)) : listing.outcome === 'absent' ? false : undefined;
  return { path, soname, target: link.target, leads };
}
