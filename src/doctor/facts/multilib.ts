import { type Fact, known, unknown } from '../fact.js';
import { machine } from './machine.js';

/** Folders and files that only a machine with 32-bit libraries has. */
const signs = ['/lib/ld-linux.so.2', '/usr/lib/i386-linux-gnu', '/usr/lib32'] as const;

/** Where this x86_64 machine runs 32-bit programs, the sign of it; null where it does not. */
export const multilib: Fact<string | null> = {
  name: 'multilib',
  async read(host, facts) {
    const architecture = await facts.of(machine);
    if (architecture.known && architecture.value !== 'x86_64') return known(null, architecture.source);
    for (const path of signs) {
      const status = await host.stat(path);
      if (status.outcome === 'status') return known(path, path);
      if (status.outcome === 'unavailable') return unknown(`${path}: ${status.why}`);
    }
    return known(null, signs.join(', '));
  },
};
