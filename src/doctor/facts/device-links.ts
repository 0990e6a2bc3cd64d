import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** The links of /dev/char by their names, `195:0`: systemd finds a device by its number there and nowhere else. */
export const deviceLinks: Fact<ReadonlySet<string>> = {
  name: 'deviceLinks',
  async read(host) {
    const listing = await host.list('/dev/char');
    if (listing.outcome === 'unavailable') return noFact('/dev/char', listing);
    return known(new Set(listing.outcome === 'entries' ? listing.names : []), '/dev/char');
  },
};
