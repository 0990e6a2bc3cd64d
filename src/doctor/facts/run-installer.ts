import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** Whether NVIDIA's own `.run` installer put a driver here: it leaves its uninstaller and a record of what it replaced. */
export const runInstaller: Fact<boolean> = {
  name: 'runInstaller',
  async read(host) {
    const listing = await host.list('/var/lib/nvidia');
    if (listing.outcome === 'unavailable') return noFact('/var/lib/nvidia', listing);
    return known(listing.outcome === 'entries' && listing.names.includes('log'), '/var/lib/nvidia/log');
  },
};
