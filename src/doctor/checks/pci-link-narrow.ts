import { pciLinks } from '../facts/pci-links.js';
import type { Check } from '../finding.js';
import { gpusOf } from '../gpus.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const pciLinkNarrow: Check = {
  id: 'host/pci-link-narrow',
  title: 'Each GPU uses the lanes that it and its slot have',
  link: 'hardware',
  requires: ['host/no-nvidia-gpu'],
  about:
    'Compares the lanes in use with those that the GPU and the bridge above it have. A card that is not seated well, a bad riser or dirt leaves some of them out, and every copy between memory and GPU takes longer. A slot with fewer lanes is a choice; so is speed, which an idle GPU lowers.',
  async examine(facts) {
    const look = await gpusOf(facts);
    if ('verdict' in look) return look.verdict;
    const links = await facts.of(pciLinks);
    if (!links.known) return undetermined(links.why);
    // Only where both ends are known: a virtual machine shows one of them at most.
    const compared = links.value.flatMap(({ address, bridges, width, gpuWidth, slotWidth }) =>
      width && gpuWidth && slotWidth ? [{ address, bridge: bridges?.at(-1), width, possible: Math.min(gpuWidth, slotWidth) }] : [],
    );
    if (compared.length === 0) return notApplicable('the lanes of no GPU and its slot can be compared');
    const narrow = compared.filter(({ width, possible }) => width < possible);
    const [worst] = narrow.toSorted((one, other) => one.width / one.possible - other.width / other.possible);
    if (!worst) return clear('They do', ...compared.map(({ address, width }) => `${address}: x${width}`));
    return found({
      // Half of them may be the other half of a slot that two cards share, which its bridge does not say.
      severity: worst.width * 4 <= worst.possible ? 'warning' : 'note',
      summary: `${worst.address} uses ${worst.width} of ${worst.possible} lanes`,
      why: 'Copies between memory and GPU are as many times slower as lanes are missing',
      evidence: narrow.map(
        ({ address, bridge, width, possible }) =>
          `/sys/bus/pci/devices/${address}/current_link_width: ${width}; it and the bridge ${bridge} have ${possible}`,
      ),
      remedy: {
        summary: 'Switch the machine off and seat the card anew; try another slot, or without a riser',
        commands: [],
        automatic: false,
        needs: ['console'],
      },
    });
  },
};
