import type { HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';
import { kernel } from './kernel.js';

/** The folder of nouveau among the running kernel's modules; null where it has none. */
export const nouveauModule: Fact<HostPath | null> = {
  name: 'nouveauModule',
  async read(host, facts) {
    const running = await facts.of(kernel);
    if (!running.known) return running;
    const folder = `/lib/modules/${running.value.release}/kernel/drivers/gpu/drm/nouveau` as HostPath;
    const listing = await host.list(folder);
    if (listing.outcome === 'unavailable') return noFact(folder, listing);
    return known(listing.outcome === 'entries' && listing.names.some((name) => name.startsWith('nouveau.ko')) ? folder : null, folder);
  },
};
