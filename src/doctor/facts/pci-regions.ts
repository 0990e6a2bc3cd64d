import type { HostPath } from '../../host/host.js';
import { type Fact, known, unknown } from '../fact.js';
import { nvidiaFunctions } from './nvidia-functions.js';

export interface PciRegions {
  readonly address: string;
  /** Sizes in bytes of the memory regions that have an address. */
  readonly assigned: readonly number[];
}

/** A line for each region, start, end and flags: `0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200`; zeros where there is none. */
export function parsePciResource(text: string): readonly number[] {
  return text.split('\n').flatMap((line) => {
    const [, start, end] = line.match(/^0x([0-9a-f]+) 0x([0-9a-f]+) 0x[0-9a-f]+$/) ?? [];
    if (!start || !end) return [];
    const [from, to] = [BigInt(`0x${start}`), BigInt(`0x${end}`)];
    return from > 0n && to > from ? [Number(to - from + 1n)] : [];
  });
}

/** Where the firmware and the kernel put the memory of each NVIDIA GPU. */
export const pciRegions: Fact<readonly PciRegions[]> = {
  name: 'pciRegions',
  async read(host, facts) {
    const functions = await facts.of(nvidiaFunctions);
    if (!functions.known) return functions;
    const regions: PciRegions[] = [];
    for (const { address } of functions.value.filter(({ isGpu }) => isGpu)) {
      const file = `/sys/bus/pci/devices/${address}/resource` as HostPath;
      const answer = await host.read(file);
      if (answer.outcome !== 'text') return unknown(`${file}: ${answer.outcome === 'absent' ? 'not there' : answer.why}`);
      regions.push({ address, assigned: parsePciResource(answer.text) });
    }
    return known(regions, '/sys/bus/pci/devices/*/resource');
  },
};
