import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { installedKernels } from './installed-kernels.js';

export interface InitramfsContents {
  readonly kernel: string;
  readonly image: HostPath;
  /** Modules of graphics in it, with underscores: `nouveau`, `nova_core`, `nvidia`. */
  readonly modules: readonly string[];
  /** The files of modprobe.d in it, by name. */
  readonly modprobeFiles: readonly string[];
}

/** Paths, one a line, alone (lsinitramfs) or at the end of a long listing (lsinitrd). */
export function parseInitramfsListing(text: string): Pick<InitramfsContents, 'modules' | 'modprobeFiles'> {
  const modules = new Set<string>();
  const modprobeFiles = new Set<string>();
  for (const line of text.split('\n')) {
    const [, module] = line.match(/\/(nouveau|nova[_-]core|nova[_-]drm|nvidia|nvidia-current)\.ko(?:\.\w+)?\s*$/) ?? [];
    if (module) modules.add(module.replaceAll('-', '_'));
    const [, file] = line.match(/(?:^|[\s/])(?:etc|usr\/lib|lib)\/modprobe\.d\/([^/\s]+\.conf)\s*$/) ?? [];
    if (file) modprobeFiles.add(file);
  }
  return { modules: [...modules].sort(), modprobeFiles: [...modprobeFiles].sort() };
}

/** More kernels than a machine has use for: listing an image unpacks it. */
const mostImages = 4;

/** What the early boot images hold that decides who takes the GPU; images that no tool here can list are left out. */
export const initramfsContents: Fact<readonly InitramfsContents[]> = {
  name: 'initramfsContents',
  async read(host, facts) {
    const kernels = await facts.of(installedKernels);
    if (!kernels.known) return kernels;
    const complete = kernels.value.filter((each) => each.complete).slice(-mostImages);
    const looked = await Promise.all(complete.map(({ release }) => look(host, release)));
    return known(
      looked.filter((each) => each !== undefined),
      'the images in /boot',
    );
  },
};

async function look(host: Host, kernel: string): Promise<InitramfsContents | undefined> {
  const ways = [
    ['lsinitramfs', `/boot/initrd.img-${kernel}`],
    ['lsinitrd', `/boot/initramfs-${kernel}.img`],
    ['lsinitrd', `/boot/initrd-${kernel}`],
  ] as const;
  for (const [program, image] of ways) {
    if ((await host.stat(image)).outcome === 'absent') continue;
    const answer = await host.ask({ program, args: [image], timeoutMs: 20_000 });
    if (answer.outcome === 'exited' && answer.code === 0) return { kernel, image, ...parseInitramfsListing(answer.stdout) };
  }
  return undefined;
}
