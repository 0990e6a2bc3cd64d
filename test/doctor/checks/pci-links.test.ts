import fc from 'fast-check';
import t from 'tap';
import { pciLinkNarrow } from '../../../src/doctor/checks/pci-link-narrow.js';
import { bridgesOf, parseLinkWidth } from '../../../src/doctor/facts/pci-links.js';
import { pciFunction, together, verdictOf } from './verdict-of.js';

const devices = '/sys/bus/pci/devices';
const linked = (width: string, gpu: string, slot?: string) =>
  together(pciFunction('nvidia'), {
    files: {
      [`${devices}/0000:01:00.0/current_link_width`]: `${width}\n`,
      [`${devices}/0000:01:00.0/max_link_width`]: `${gpu}\n`,
      ...(slot && { [`${devices}/0000:00:01.0/max_link_width`]: `${slot}\n` }),
    },
    links: { [`${devices}/0000:01:00.0`]: '../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0' },
  });

t.test('host/pci-link-narrow', async (t) => {
  const verdict = (...widths: Parameters<typeof linked>) => verdictOf(t, pciLinkNarrow, linked(...widths));
  t.match(await verdict('16', '16', '16'), { status: 'clear' });
  t.match(await verdict('8', '16', '8'), { status: 'clear' }, 'a slot with fewer lanes is a choice');
  t.match(await verdict('8', '8', '16'), { status: 'clear' }, 'so is a card with fewer');
  t.match(await verdict('8', '16', '16'), { problem: { severity: 'note' } });
  t.match(await verdict('4', '16', '16'), { problem: { severity: 'warning', summary: '0000:01:00.0 uses 4 of 16 lanes' } });
  t.match(await verdict('1', '16', '16'), { problem: { evidence: [/bridge 0000:00:01\.0 have 16$/] } });
  for (const asleep of ['63', '255', '0', '', 'Unknown']) t.match(await verdict(asleep, '16', '16'), { status: 'not-applicable' }, asleep);
  t.match(await verdict('4', '16'), { status: 'not-applicable' }, 'a virtual machine shows no bridge');
  t.match(await verdictOf(t, pciLinkNarrow, pciFunction('nvidia')), { status: 'not-applicable' });
});

t.test('bridges are told from the place of a device, widths from what can be one', async () => {
  const address = fc.tuple(fc.nat(0xffff), fc.nat(0xff), fc.nat(0x1f), fc.nat(7)).map(([domain, bus, slot, part]) => {
    const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
    return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${part}`;
  });
  fc.assert(
    fc.property(fc.array(address), address, (bridges, gpu) => {
      const told = bridgesOf(`../../../devices/pci0000:00/${[...bridges, gpu].join('/')}`);
      return JSON.stringify(told) === JSON.stringify(bridges);
    }),
  );
  fc.assert(fc.property(fc.integer({ min: 1, max: 32 }), (width) => parseLinkWidth(`${width}\n`) === width));
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void [bridgesOf(text), parseLinkWidth(text)]));
});
