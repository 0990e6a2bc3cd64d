import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

export interface LoadedModule {
  /** With underscores, as the kernel spells it: `nvidia_uvm`. */
  readonly name: string;
  /** References from other modules and from programs. */
  readonly references: number;
  readonly usedBy: readonly string[];
  /** `Live`, `Loading`, `Unloading` */
  readonly state: string;
}

/** `nvidia_uvm 4956160 2 - Live 0x0000000000000000 (POE)` and `nvidia 54571008 39 nvidia_uvm,nvidia_modeset, Live 0x0 (POE)` */
export function parseModules(text: string): readonly LoadedModule[] {
  return text.split('\n').flatMap((line) => {
    const [name, size, references, usedBy, state] = line.trim().split(/\s+/);
    if (!name || size === undefined || state === undefined) return [];
    const users = usedBy === '-' ? [] : (usedBy ?? '').split(',').filter((user) => user !== '' && user !== '[permanent]');
    // A kernel that cannot unload modules prints `-` for the count.
    return [{ name, references: Number(references) || 0, usedBy: users, state }];
  });
}

/** The modules in the running kernel. */
export const loadedModules: Fact<readonly LoadedModule[]> = {
  name: 'loadedModules',
  async read(host) {
    const answer = await host.read('/proc/modules');
    if (answer.outcome === 'text') return known(parseModules(answer.text), '/proc/modules');
    // A kernel without loadable modules has no such file; a machine whose /proc we cannot see says `unavailable`.
    if (answer.outcome === 'absent' && (await host.read('/proc/sys/kernel/osrelease')).outcome === 'text') {
      return known([], '/proc/modules is not there: a kernel without loadable modules');
    }
    return noFact('/proc/modules', answer);
  },
};
