import type { Facts } from './fact.js';
import { nvidiaDriverVersions } from './facts/nvidia-driver-versions.js';
import type { ModuleFlavour } from './facts/nvidia-module-on-disk.js';

export interface DriverInUse {
  readonly version: string;
  /** 550 of 550.144.03 */
  readonly branch: number;
  readonly flavour: ModuleFlavour | undefined;
  /** Where it was seen. */
  readonly source: string;
}

/** The driver that runs, or else the one that the running kernel would load; undefined where there is none or nobody can say. */
export async function driverInUse(facts: Facts): Promise<DriverInUse | undefined> {
  const versions = await facts.of(nvidiaDriverVersions);
  if (!versions.known) return undefined;
  const { loaded, onDisk } = versions.value;
  const disk = onDisk.known ? onDisk.value : null;
  if (loaded.known && loaded.value) {
    const { version, flavour, source } = loaded.value;
    return { version, branch: branchOf(version), flavour: flavour ?? (disk?.version === version ? disk.flavour : undefined), source };
  }
  if (!disk?.version) return undefined;
  return { version: disk.version, branch: branchOf(disk.version), flavour: disk.flavour, source: disk.path };
}

/** 550 of 550.144.03 */
export const branchOf = (version: string): number => Number.parseInt(version, 10);
