import { z } from 'zod';
import { parseModules } from '../../doctor/facts/loaded-modules.js';
import { moduleName } from '../../doctor/facts/module-blacklist.js';
import type { StepKind } from '../step.js';
import { plainName } from './host-path.js';

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

/** Takes modules out of the running kernel. */
export const unloadModules: StepKind<Params> = {
  kind: 'unload-modules',
  params: z.strictObject({ modules: z.array(plainName).min(1) }),
  describe: ({ modules }) => ({
    summary: `Unload ${modules.join(', ')}`,
    commands: modules.map((module) => ({ program: 'rmmod', args: [module] })),
    files: [],
    risk: 'disruptive',
    needs: ['root'],
    undo: {
      words: 'Load them again',
      commands: modules.toReversed().map((module) => ({ program: 'modprobe', args: [module] })),
    },
    proof: [{ file: '/proc/modules', expect: `has no line for ${modules.join(', ')}` }],
  }),
  async isDone({ modules }, host) {
    const answer = await host.read('/proc/modules');
    if (answer.outcome !== 'text') return answer.outcome === 'absent' ? 'done' : 'cannot-tell';
    const loaded = new Set(parseModules(answer.text).map(({ name }) => name));
    return modules.some((module) => loaded.has(moduleName(module))) ? 'not-done' : 'done';
  },
};
