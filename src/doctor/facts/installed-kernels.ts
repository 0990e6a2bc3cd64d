import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { newestReleases } from '../newest-releases.js';
import { noFact } from '../no-fact.js';
import { isRelease, kernel } from './kernel.js';

export interface InstalledKernel {
  readonly release: string;
  /** Whether modules can be built for it: `build` leads to a tree with a Makefile; undefined where nobody could look. */
  readonly headers: boolean | undefined;
  /** Whether that tree says which symbols the kernel offers; undefined of a tree without scripts and includes, which may be split. */
  readonly symvers?: boolean | undefined;
  /** Where `build` points, also when nothing is there. */
  readonly build: string | undefined;
  /** Whether it came with modules of its own; a folder that only DKMS left behind has none. */
  readonly complete: boolean | undefined;
}

/** More than anybody boots. */
const mostLooked = 64;

/** The kernels under /lib/modules, the running one among them or not; of very many the newest. */
export const installedKernels: Fact<readonly InstalledKernel[]> = {
  name: 'installedKernels',
  async read(host, facts) {
    const listing = await host.list('/lib/modules');
    if (listing.outcome === 'unavailable') return noFact('/lib/modules', listing);
    const releases = listing.outcome === 'entries' ? listing.names.filter(isRelease) : [];
    const running = await facts.of(kernel);
    const looked = newestReleases(releases, running.known ? running.value.release : undefined, mostLooked);
    return known(await Promise.all(looked.map((release) => look(host, release))), '/lib/modules');
  },
};

async function look(host: Host, release: string): Promise<InstalledKernel> {
  const directory = `/lib/modules/${release}` as HostPath;
  const [inside, link, build] = await Promise.all([
    host.list(directory),
    host.readLink(`${directory}/build`),
    host.list(`${directory}/build`),
  ]);
  return {
    release,
    headers: build.outcome === 'unavailable' ? undefined : build.outcome === 'entries' && build.names.includes('Makefile'),
    symvers: build.outcome === 'entries' ? symversIn(build.names) : undefined,
    build: link.outcome === 'link' ? link.target : build.outcome === 'entries' ? `${directory}/build` : undefined,
    complete: inside.outcome === 'entries' ? inside.names.includes('kernel') || inside.names.includes('modules.builtin') : undefined,
  };
}

const symversIn = (names: readonly string[]) =>
  names.includes('Module.symvers') ? true : names.includes('include') && names.includes('scripts') ? false : undefined;
