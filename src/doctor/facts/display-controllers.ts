import type { HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';
import { parsePciNumber } from './nvidia-functions.js';

export interface DisplayController {
  /** `0000:00:02.0` */
  readonly address: string;
  /** `8086` of Intel, `1002` of AMD, `10de` of NVIDIA. */
  readonly vendor: string;
}

const directory = '/sys/bus/pci/devices';

/** Every display controller on the PCI bus, of whatever vendor: two vendors make hybrid graphics. */
export const displayControllers: Fact<readonly DisplayController[]> = {
  name: 'displayControllers',
  async read(host) {
    const listing = await host.list(directory);
    if (listing.outcome === 'unavailable') return noFact('the PCI bus', listing);
    const names = listing.outcome === 'entries' ? listing.names : [];
    const found = await Promise.all(
      names.map(async (address): Promise<readonly DisplayController[]> => {
        const [kind, vendor] = await Promise.all(
          ['class', 'vendor'].map(async (name) => {
            const answer = await host.read(`${directory}/${address}/${name}` as HostPath);
            return answer.outcome === 'text' ? parsePciNumber(answer.text) : undefined;
          }),
        );
        return kind?.startsWith('03') && vendor ? [{ address, vendor }] : [];
      }),
    );
    return known(found.flat(), directory);
  },
};
