import { z } from 'zod';
import { moduleName } from '../../doctor/facts/module-blacklist.js';
import type { StepKind } from '../step.js';
import { carryOut } from './carry-out.js';
import { plainName } from './host-path.js';
import { loadedNames, loadedOf, namesIn } from './loaded-names.js';

interface Params {
  readonly modules: readonly string[];
}

/** The order in which NVIDIA's own installer unloads them: who uses another goes before it (conflicting-kernel-modules.c). */
export const unloadOrder = [
  'nv_peer_mem',
  'nvidia_peermem',
  'nvidia_vgpu_vfio',
  'nvidia_uvm',
  'nvidia_drm',
  'nvidia_modeset',
  'nvidia',
] as const;

/** Whatever order a plan names them in; those that we do not know first, for they use what we know. */
const inUnloadOrder = (modules: readonly string[]) => modules.toSorted((one, other) => rank(one) - rank(other));
const rank = (module: string) => (unloadOrder as readonly string[]).indexOf(moduleName(module));

/** Takes modules out of the running kernel. */
export const unloadModules: StepKind<Params> = {
  kind: 'unload-modules',
  role: 'clears-the-way',
  params: z.strictObject({ modules: z.array(plainName).min(1) }),
  describe: ({ modules }) => ({
    summary: `Unload ${modules.join(', ')}`,
    commands: inUnloadOrder(modules).map((module) => ({ program: 'rmmod', args: [module] })),
    files: [],
    risk: 'disruptive',
    needs: ['root'],
    undo: {
      words: 'Load them again',
      commands: inUnloadOrder(modules)
        .toReversed()
        .map((module) => ({ program: 'modprobe', args: [module] })),
    },
    proof: [{ file: '/proc/modules', expect: `has no line for ${modules.join(', ')}` }],
  }),
  async isDone({ modules }, host) {
    const loaded = await loadedNames(host);
    if (!loaded) return 'cannot-tell';
    return modules.some((module) => loaded.has(moduleName(module))) ? 'not-done' : 'done';
  },
  change: {
    before: ({ modules }, host) => loadedOf(host, modules),
    async apply({ modules }, _, host) {
      // rmmod fails for one that is not there.
      const loaded = await loadedOf(host, modules);
      if (loaded.length > 0) await carryOut(host, unloadModules.describe({ modules: loaded }).commands);
    },
    async undo(_, record, host) {
      const [there, gone] = [[] as string[], [] as string[]];
      for (const module of namesIn(record)) {
        // What took its place may have taken it away.
        const answer = await host.ask({ program: 'modprobe', args: ['--quiet', '--show-depends', module] });
        (answer.outcome === 'exited' && answer.code !== 0 ? gone : there).push(module);
      }
      if (there.length > 0) await carryOut(host, unloadModules.describe({ modules: there }).undo.commands);
      return gone.length > 0 ? `${gone.join(', ')}: no longer there to be loaded` : undefined;
    },
  },
};
