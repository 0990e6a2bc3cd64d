import type { InstalledPackage } from './facts/packages.js';

/** Packages that carry the version of the driver that they are part of. */
const parts =
  /^(nvidia-(driver|dkms|kernel-common|kernel-source|compute-utils|utils|open|headless)(-|$)|libnvidia-(compute|gl|cfg1|decode|encode|fbc1|extra|common)(-|$)|libcuda1$|nvidia-smi$|libnvidia-ml1$)/;

export interface DriverPart extends InstalledPackage {
  /** `550.144.03` of `550.144.03-0ubuntu0.24.04.1`, of `1:550.144.03-2` and of `550.144.03_k6.4.0_150600.21-lp156.40.1` */
  readonly driver: string;
  /** `0ubuntu0.24.04.1`: which archive built it, and when. */
  readonly revision: string;
}

/** The packages that a driver consists of, whole ones of this architecture; Debian's `nvidia-kernel-common` has a date for its version. */
export function driverParts(installed: readonly InstalledPackage[]): readonly DriverPart[] {
  return installed.flatMap((each) => {
    if (!each.complete || !parts.test(each.name) || /:i386$/.test(each.name)) return [];
    const [, driver] = each.version.match(/^(?:\d+:)?(\d{2,3}(?:\.\d+)+)/) ?? [];
    // A package that was only compiled again has `+b1` behind it.
    const [, revision = ''] = each.version.match(/-([^-]*?)(?:\+b\d+)?$/) ?? [];
    return driver ? [{ ...each, driver, revision }] : [];
  });
}
