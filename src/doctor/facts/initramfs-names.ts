import type { HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { installedKernels } from './installed-kernels.js';

/** How early boot images are called in /boot: Debian's `initrd.img-KERNEL`, Fedora's `initramfs-KERNEL.img`, openSUSE's `initrd-KERNEL`. */
export type InitramfsNames = 'initrd.img' | 'initramfs' | 'initrd';

export const imageOf = (names: InitramfsNames, kernel: string): HostPath =>
  names === 'initrd.img' ? `/boot/initrd.img-${kernel}` : names === 'initrd' ? `/boot/initrd-${kernel}` : `/boot/initramfs-${kernel}.img`;

/** How the images here are called; null where there are none. */
export const initramfsNames: Fact<InitramfsNames | null> = {
  name: 'initramfsNames',
  async read(host, facts) {
    const kernels = await facts.of(installedKernels);
    if (!kernels.known) return kernels;
    for (const { release } of kernels.value)
      for (const names of ['initrd.img', 'initramfs', 'initrd'] as const)
        if ((await host.stat(imageOf(names, release))).outcome === 'status') return known(names, imageOf(names, release));
    return known(null, 'no image in /boot');
  },
};
