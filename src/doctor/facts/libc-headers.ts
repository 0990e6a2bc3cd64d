import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** Whether /usr/include has the C library's headers; null where there is no such folder: a compiler may have them elsewhere. */
export const libcHeaders: Fact<boolean | null> = {
  name: 'libcHeaders',
  async read(host) {
    const listing = await host.list('/usr/include');
    if (listing.outcome === 'entries') return known(listing.names.includes('stdio.h'), '/usr/include');
    return listing.outcome === 'absent' ? known(null, '/usr/include') : noFact('/usr/include', listing);
  },
};
