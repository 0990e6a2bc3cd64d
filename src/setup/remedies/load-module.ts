import { step } from '../step.js';
import { loadModules } from '../steps/load-modules.js';
import type { Remedy } from './remedy.js';

/** Loads the driver, or its half for unified memory, into the running kernel. */
export const loadModule: Remedy = {
  mends: ['driver/module-not-loaded', 'driver/uvm-node-missing'],
  ofKernel: true,
  async mend({ survey }, { id }) {
    const forbidden = survey.blacklist.known
      ? survey.blacklist.value.find(({ module, how }) => module === 'nvidia' && how !== 'options')
      : undefined;
    if (forbidden) return { byHand: `${forbidden.where} forbids it: only a person knows why` };
    return {
      steps: [
        step(
          loadModules,
          { modules: id === 'driver/uvm-node-missing' ? ['nvidia_uvm'] : ['nvidia', 'nvidia_uvm'] },
          { id: 'load-module', because: [id], why: 'It is installed, and nothing else holds the GPU', after: [] },
        ),
      ],
    };
  },
};
