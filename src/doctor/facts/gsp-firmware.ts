import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** The driver versions whose firmware for the GPU's system processor is installed: folders of /lib/firmware/nvidia. */
export const gspFirmware: Fact<readonly string[]> = {
  name: 'gspFirmware',
  async read(host) {
    const directory = '/lib/firmware/nvidia';
    const listing = await host.list(directory);
    if (listing.outcome === 'unavailable') return noFact(directory, listing);
    const names = listing.outcome === 'entries' ? listing.names : [];
    // Others are named for chips, `ga102`, and belong to nouveau.
    return known(
      names.filter((name) => /^\d+(\.\d+)+$/.test(name)),
      directory,
    );
  },
};
