import type { InstalledPackage } from '../../doctor/facts/packages.js';
import { branchOf } from './request.js';

/** A driver that packages put there. */
export interface InstalledDriver {
  readonly branch: number;
  readonly flavour: 'open' | 'proprietary';
}

/**
 * The driver among `packages`, told by the package that carries its kernel module: Ubuntu's `nvidia-dkms-580-server-open`
 * and `linux-modules-nvidia-580-6.8.0-45-generic`, Debian's `nvidia-kernel-dkms` 535.261.03-1, `nvidia-tesla-470-kernel-dkms`.
 */
export function installedDriver(packages: readonly InstalledPackage[]): InstalledDriver | undefined {
  for (const { name, version } of packages) {
    const ubuntu = name.match(/^(?:nvidia-dkms|linux-modules-nvidia)-(\d{3})(?:-server)?(-open)?(?:-\d.*)?$/);
    if (ubuntu) return { branch: Number(ubuntu[1]), flavour: ubuntu[2] ? 'open' : 'proprietary' };
    const debian = name.match(/^nvidia-(?:tesla-\d+-|legacy-\d+xx-)?(open-)?kernel-dkms$/);
    if (debian) return { branch: branchOf(version.replace(/^\d+:/, '')), flavour: debian[1] ? 'open' : 'proprietary' };
  }
  return undefined;
}

/** Packages that belong to a driver: everything of NVIDIA's but the toolkit, containers and what only recommends. */
export const driverPackages = (packages: readonly InstalledPackage[]): readonly InstalledPackage[] =>
  packages
    .filter(({ name }) =>
      /^(lib)?(nvidia|cuda1$)|^libcuda1$|^linux-(modules|objects|signatures)-nvidia|^xserver-xorg-video-nvidia|^firmware-nvidia/.test(name),
    )
    .filter(({ name }) => !/container|cuda-toolkit|cuda-dev|nsight|prime|settings$/.test(name));
