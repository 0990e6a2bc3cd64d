import type { Facts } from './fact.js';
import { kernel } from './facts/kernel.js';
import { nvidiaDriverVersions } from './facts/nvidia-driver-versions.js';
import { type NvidiaFunction, nvidiaFunctions } from './facts/nvidia-functions.js';
import { osRelease } from './facts/os-release.js';
import { virtualization } from './facts/virtualization.js';

/** What a machine is, in a few words; null where it could not be learnt. */
export interface Machine {
  /** `Ubuntu 24.04.1 LTS` */
  readonly system: string | null;
  readonly kernel: string | null;
  /** `docker container`, `kvm virtual machine`, `bare metal` */
  readonly runsIn: string | null;
  readonly gpus: readonly Pick<NvidiaFunction, 'address' | 'vendor' | 'device' | 'driver'>[] | null;
  /** Of the loaded module. */
  readonly driver: string | null;
}

/** Sums up the machine for the head of a report. */
export async function machineOf(facts: Facts): Promise<Machine> {
  const [system, running, virtual, functions, versions] = await Promise.all([
    facts.of(osRelease),
    facts.of(kernel),
    facts.of(virtualization),
    facts.of(nvidiaFunctions),
    facts.of(nvidiaDriverVersions),
  ]);
  const words = { none: 'bare metal', machine: 'virtual machine', container: 'container' } as const;
  return {
    system: system.known ? system.value.pretty : null,
    kernel: running.known ? running.value.release : null,
    runsIn: virtual.known ? [virtual.value.name, words[virtual.value.kind]].filter(Boolean).join(' ') : null,
    gpus: functions.known
      ? functions.value.filter(({ isGpu }) => isGpu).map(({ address, vendor, device, driver }) => ({ address, vendor, device, driver }))
      : null,
    driver: versions.known && versions.value.loaded.known ? (versions.value.loaded.value?.version ?? null) : null,
  };
}
