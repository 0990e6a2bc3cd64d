import { posix } from 'node:path';
import type { Host, HostPath } from '../../host/host.js';
import { type Fact, type Known, known, unknown } from '../fact.js';
import { noFact } from '../no-fact.js';

/** One function of an NVIDIA device on the PCI bus; numbers are lower-case hex without `0x`. */
export interface NvidiaFunction {
  /** `0000:01:00.0` */
  readonly address: string;
  /** `10de` */
  readonly vendor: string;
  /** `2684` */
  readonly device: string;
  /** Class, subclass and interface: `030000` is a VGA controller, `030200` a 3D controller. */
  readonly class: string;
  /** Display controllers, class 03xx. */
  readonly isGpu: boolean;
  /** The kernel driver that owns it; null where none does, undefined where nobody could look. */
  readonly driver: string | null | undefined;
  /** `vendor:device` of the board maker. */
  readonly subsystem: string | undefined;
}

const directory = '/sys/bus/pci/devices';
const nvidia = '10de';

/** A sysfs number, `0x10de\n`, as `10de`. */
export function parsePciNumber(text: string): string | undefined {
  return text
    .trim()
    .toLowerCase()
    .match(/^0x([0-9a-f]+)$/)?.[1];
}

/** NVIDIA's functions on the PCI bus, from sysfs: GPUs with their audio, USB and NVSwitch companions. */
export const nvidiaFunctions: Fact<readonly NvidiaFunction[]> = {
  name: 'nvidiaFunctions',
  async read(host) {
    const listing = await host.list(directory);
    if (listing.outcome === 'unavailable') return noFact('the PCI bus', listing);
    if (listing.outcome === 'absent') {
      // No such directory on a running kernel: it has no PCI bus, so nothing is on it. Without a kernel nobody can say.
      const signs = await Promise.all([host.read('/proc/sys/kernel/osrelease'), host.read('/proc/version')]);
      const kernelRuns = signs.some(({ outcome }) => outcome !== 'absent');
      return kernelRuns ? known([], `${directory} is not there`) : unknown('no kernel runs here that could show its PCI bus');
    }
    const functions: NvidiaFunction[] = [];
    for (const address of listing.names) {
      const found = await look(host, address);
      if (!found.known) return found;
      if (found.value) functions.push(found.value);
    }
    return known(functions, `${directory}: ${listing.names.length} devices, ${functions.length || 'none'} of NVIDIA (vendor ${nvidia})`);
  },
};

async function look(host: Host, address: string): Promise<Known<NvidiaFunction | undefined>> {
  const at = (name: string) => `${directory}/${address}/${name}` as HostPath;
  const number = async (name: string) => {
    const answer = await host.read(at(name));
    return answer.outcome === 'text' ? parsePciNumber(answer.text) : undefined;
  };
  const vendorFile = await host.read(at('vendor'));
  // A device may be unplugged between the listing and the look at it.
  if (vendorFile.outcome === 'absent') return known(undefined, at('vendor'));
  if (vendorFile.outcome === 'unavailable') return noFact(at('vendor'), vendorFile);
  const vendor = parsePciNumber(vendorFile.text);
  if (vendor !== nvidia) return known(undefined, at('vendor'));

  const [device, pciClass] = [await number('device'), await number('class')];
  if (device === undefined || pciClass === undefined) return unknown(`${at('')} does not say what it is`);
  const [boardVendor, board] = [await number('subsystem_vendor'), await number('subsystem_device')];
  const owner = await host.readLink(at('driver'));
  return known(
    {
      address,
      vendor,
      device,
      class: pciClass,
      isGpu: pciClass.startsWith('03'),
      driver: owner.outcome === 'link' ? posix.basename(owner.target) : owner.outcome === 'absent' ? null : undefined,
      subsystem: boardVendor && board ? `${boardVendor}:${board}` : undefined,
    },
    `${directory}/${address}`,
  );
}
