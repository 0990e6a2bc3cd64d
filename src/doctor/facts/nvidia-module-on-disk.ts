import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';
import { installedKernels } from './installed-kernels.js';

export type ModuleFlavour = 'open' | 'proprietary';

/** One nvidia.ko of one installed kernel. */
export interface ModuleOnDisk {
  /** The kernel it is for. */
  readonly kernel: string;
  readonly path: HostPath;
  /** Undefined where nobody could ask the file. */
  readonly version: string | undefined;
  readonly flavour: ModuleFlavour | undefined;
  /** Who signed it; null where nobody did, undefined where nobody could ask. */
  readonly signer: string | null | undefined;
}

/** Where packages, DKMS and the `.run` installer put it, in the order in which depmod prefers them. */
const places = [
  'updates/dkms',
  'updates',
  'extra',
  'extra/nvidia',
  'extra/drivers/video/nvidia',
  'weak-updates',
  'weak-updates/nvidia',
  'kernel/drivers/video',
  'kernel/drivers/video/nvidia',
  'kernel/nvidia-*',
] as const;

const moduleFile = /^nvidia(-current)?\.ko(\.(gz|xz|zst))?$/;

/**
 * The fields of `modinfo FILE`, the first of each name:
 * `version:        550.144.03`, `license:        NVIDIA` (proprietary) or `Dual MIT/GPL` (open), `signer:         DKMS module signing key`
 */
export function parseModinfo(text: string): Pick<ModuleOnDisk, 'version' | 'flavour' | 'signer'> {
  const field = (name: string) => text.match(new RegExp(`^${name}:[ \\t]*(\\S.*)$`, 'm'))?.[1]?.trim();
  const license = field('license');
  return {
    version: field('version'),
    flavour: license === undefined ? undefined : /GPL|MIT/.test(license) ? 'open' : 'proprietary',
    // A module that only carries a key id is signed too.
    signer: field('signer') ?? (field('sig_id') ? 'an unnamed key' : null),
  };
}

/** Every nvidia.ko under /lib/modules, of whatever kernel. */
export const nvidiaModuleOnDisk: Fact<readonly ModuleOnDisk[]> = {
  name: 'nvidiaModuleOnDisk',
  async read(host, facts) {
    const kernels = await facts.of(installedKernels);
    if (!kernels.known) return kernels;
    const modules: ModuleOnDisk[] = [];
    for (const { release } of kernels.value) {
      for (const directory of await placesOf(host, release)) {
        const listing = await host.list(directory);
        if (listing.outcome === 'unavailable') return noFact(directory, listing);
        if (listing.outcome === 'absent') continue;
        for (const name of listing.names.filter((each) => moduleFile.test(each))) {
          modules.push(await describe(host, release, `${directory}/${name}` as HostPath));
        }
      }
    }
    return known(modules, '/lib/modules');
  },
};

/** Ubuntu's prebuilt modules lie in folders with the branch in their names: `kernel/nvidia-550srv-open/nvidia.ko`. */
async function placesOf(host: Host, release: string): Promise<readonly HostPath[]> {
  const listing = await host.list(`/lib/modules/${release}/kernel` as HostPath);
  const branches = listing.outcome === 'entries' ? listing.names.filter((name) => name.startsWith('nvidia-')) : [];
  return places
    .flatMap((place) => (place.endsWith('*') ? branches.map((branch) => `kernel/${branch}`) : [place]))
    .map((place) => `/lib/modules/${release}/${place}` as HostPath);
}

async function describe(host: Host, kernel: string, path: HostPath): Promise<ModuleOnDisk> {
  const answer = await host.ask({ program: 'modinfo', args: [path] });
  if (answer.outcome === 'exited' && answer.code === 0) return { kernel, path, ...parseModinfo(answer.stdout) };
  return { kernel, path, version: await dkmsVersion(host, kernel), flavour: undefined, signer: undefined };
}

/** DKMS keeps a link per kernel, `kernel-6.8.0-45-generic-x86_64 -> 550.144.03/6.8.0-45-generic/x86_64`: readable where nothing runs. */
async function dkmsVersion(host: Host, kernel: string): Promise<string | undefined> {
  for (const architecture of ['x86_64', 'aarch64']) {
    const link = await host.readLink(`/var/lib/dkms/nvidia/kernel-${kernel}-${architecture}`);
    if (link.outcome === 'link') return link.target.split('/', 1)[0];
  }
  return undefined;
}
