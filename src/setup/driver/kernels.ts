import type { InstalledKernel } from '../../doctor/facts/installed-kernels.js';
import type { InstalledPackage } from '../../doctor/facts/packages.js';

/** Orders `6.1.0-9-amd64` before `6.1.0-18-amd64`: every number counts. */
export function compareKernels(one: string, other: string): number {
  const [left, right] = [one, other].map((release) => (release.match(/\d+/g) ?? []).map(Number)) as [number[], number[]];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** The kernels that may run next: the one that runs, and the newest that is installed whole. */
export function kernelsToCome(running: string | undefined, installed: readonly InstalledKernel[]): readonly string[] {
  const newest = installed
    .filter(({ complete }) => complete !== false)
    .map(({ release }) => release)
    .toSorted(compareKernels)
    .at(-1);
  return [...new Set([running, newest].filter((release) => release !== undefined))];
}

/**
 * The package that keeps headers beside the kernel through its updates, undefined where the kernel is not the
 * distribution's: `linux-headers-amd64` for Debian's `6.1.0-18-amd64`, `linux-headers-generic-hwe-22.04` where
 * Ubuntu's `linux-image-generic-hwe-22.04` is installed.
 */
export function headersMetaPackage(id: string, release: string, packages: readonly InstalledPackage[]): string | undefined {
  if (id === 'debian') {
    const flavour = release.match(/-((?:cloud-|rt-)?(?:amd64|arm64))$/)?.[1];
    return flavour && `linux-headers-${flavour}`;
  }
  const flavour = release.match(/^\d[\d.]*-\d+-([a-z][a-z0-9-]*)$/)?.[1];
  if (!flavour) return undefined;
  const image = packages.find(({ name }) =>
    new RegExp(`^linux-image-${flavour}(-hwe-\\d\\d\\.\\d\\d(-edge)?|-\\d\\d\\.\\d\\d)?$`).test(name),
  );
  return image ? image.name.replace('linux-image', 'linux-headers') : `linux-headers-${flavour}`;
}
