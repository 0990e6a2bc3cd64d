import { pciRegions } from '../facts/pci-regions.js';
import type { Check } from '../finding.js';
import { gpusOf } from '../gpus.js';
import { clear, found, undetermined } from '../verdicts.js';

export const pciRegionsUnassigned: Check = {
  id: 'host/pci-regions-unassigned',
  title: 'The firmware gave each GPU its memory regions',
  link: 'hardware',
  requires: ['host/no-nvidia-gpu'],
  about:
    'Reads the address ranges of each GPU in sysfs. Without them the driver says `This PCI I/O region assigned to your NVIDIA device is invalid` (`BAR1 is 0M`) and starts no GPU.',
  async examine(facts) {
    const look = await gpusOf(facts);
    if ('verdict' in look) return look.verdict;
    const regions = await facts.of(pciRegions);
    if (!regions.known) return undetermined(regions.why);
    const unassigned = regions.value.filter(({ assigned }) => assigned.length === 0);
    if (unassigned.length === 0) return clear('Every GPU has its memory regions');
    return found({
      severity: unassigned.length === regions.value.length ? 'blocker' : 'warning',
      summary: `The firmware assigned no memory to ${unassigned.map(({ address }) => address).join(', ')}`,
      why: 'A driver reaches a GPU through these regions alone',
      evidence: unassigned.map(({ address }) => `/sys/bus/pci/devices/${address}/resource holds only zeros`),
      remedy: {
        summary:
          'Enable `Above 4G Decoding` in the firmware setup; in a virtual machine enlarge its 64-bit PCI window; or boot with `pci=realloc`',
        commands: [],
        automatic: false,
        needs: ['reboot', 'console'],
      },
    });
  },
};
