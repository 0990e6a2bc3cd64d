import type { InstalledPackage } from '../../doctor/facts/packages.js';
import { branchOf } from './request.js';

/** A driver that packages put there. */
export interface InstalledDriver {
  readonly branch: number;
  readonly flavour: 'open' | 'proprietary';
  /** Whether its module is built here, rather than by the distribution. */
  readonly dkms: boolean;
  /** Those of its packages that a person would name: the module and the metapackages. */
  readonly packages: readonly string[];
}

/**
 * The driver among `packages`, told by the package that carries its kernel module: Ubuntu's `nvidia-dkms-580-server-open`
 * and `linux-modules-nvidia-580-6.8.0-45-generic`, Debian's `nvidia-kernel-dkms` 535.261.03-1, `nvidia-tesla-470-kernel-dkms`.
 */
export function installedDriver(packages: readonly InstalledPackage[]): InstalledDriver | undefined {
  for (const { name, version } of packages) {
    const ubuntu = name.match(/^(nvidia-dkms|linux-modules-nvidia)-(\d{3})(?:-server)?(-open)?(?:-\d.*)?$/);
    if (ubuntu)
      return driver(packages, {
        branch: Number(ubuntu[2]),
        flavour: ubuntu[3] ? 'open' : 'proprietary',
        dkms: ubuntu[1] === 'nvidia-dkms',
      });
    const debian = name.match(/^nvidia-(?:tesla-\d+-|legacy-\d+xx-)?(open-)?kernel-dkms$/);
    if (debian)
      return driver(packages, { branch: branchOf(version.replace(/^\d+:/, '')), flavour: debian[1] ? 'open' : 'proprietary', dkms: true });
  }
  return undefined;
}

const named =
  /^(nvidia-(driver|headless|headless-no-dkms|dkms|utils)-\d{3}(-server)?(-open)?|linux-modules-nvidia-\d{3}\S*|nvidia-(tesla-\d+-|legacy-\d+xx-)?(driver|(open-)?kernel-dkms|smi))$/;

const driver = (packages: readonly InstalledPackage[], about: Omit<InstalledDriver, 'packages'>): InstalledDriver => ({
  ...about,
  packages: packages.map(({ name }) => name).filter((name) => named.test(name)),
});

/** Packages that belong to a driver: everything of NVIDIA's but the toolkit, containers and what only recommends. */
export const driverPackages = (packages: readonly InstalledPackage[]): readonly InstalledPackage[] =>
  packages
    .filter(({ name }) =>
      /^(lib)?(nvidia|cuda1$)|^libcuda1$|^linux-(modules|objects|signatures)-nvidia|^xserver-xorg-video-nvidia|^firmware-nvidia/.test(name),
    )
    .filter(({ name }) => !/container|cuda-toolkit|cuda-dev|nsight|prime|settings$/.test(name));
