import { z } from 'zod';
import { moduleName } from '../../doctor/facts/module-blacklist.js';
import type { StepKind } from '../step.js';
import { carryOut } from './carry-out.js';
import { plainName } from './host-path.js';
import { loadedNames, loadedOf, namesIn } from './loaded-names.js';

interface Params {
  readonly modules: readonly string[];
}

/** Loads modules into the running kernel. */
export const loadModules: StepKind<Params> = {
  kind: 'load-modules',
  role: 'running',
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
    const loaded = await loadedNames(host);
    if (!loaded) return 'cannot-tell';
    return modules.every((module) => loaded.has(moduleName(module))) ? 'done' : 'not-done';
  },
  change: {
    before: ({ modules }, host) => loadedOf(host, modules),
    async apply({ modules }, _, host) {
      await carryOut(host, loadModules.describe({ modules }).commands);
    },
    async undo({ modules }, record, host) {
      const [before, loaded] = [namesIn(record), await loadedOf(host, modules)];
      const added = modules.filter((module) => loaded.includes(module) && !before.includes(module));
      if (added.length > 0) await carryOut(host, loadModules.describe({ modules: added }).undo.commands);
      return undefined;
    },
  },
};
