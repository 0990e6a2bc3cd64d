import { z } from 'zod';
import { parseModules } from '../../doctor/facts/loaded-modules.js';
import { moduleName } from '../../doctor/facts/module-blacklist.js';
import type { StepKind } from '../step.js';
import { plainName } from './host-path.js';

interface Params {
  readonly modules: readonly string[];
}

/** Loads modules into the running kernel. */
export const loadModules: StepKind<Params> = {
  kind: 'load-modules',
  params: z.strictObject({ modules: z.array(plainName).min(1) }),
  describe: ({ modules }) => ({
    summary: `Load ${modules.join(', ')}`,
    commands: modules.map((module) => ({ program: 'modprobe', args: [module] })),
    files: [],
    risk: 'reversible',
    needs: ['root'],
    undo: { words: 'Unload them', commands: modules.toReversed().map((module) => ({ program: 'rmmod', args: [module] })) },
    proof: [
      { file: '/proc/driver/nvidia/version', expect: 'names the version that was installed' },
      { command: { program: 'nvidia-smi', args: ['--list-gpus'] }, expect: 'lists every GPU and ends with 0' },
    ],
  }),
  async isDone({ modules }, host) {
    const answer = await host.read('/proc/modules');
    if (answer.outcome !== 'text') return answer.outcome === 'absent' ? 'not-done' : 'cannot-tell';
    const loaded = new Set(parseModules(answer.text).map(({ name }) => name));
    return modules.every((module) => loaded.has(moduleName(module))) ? 'done' : 'not-done';
  },
};
