import { step } from '../step.js';
import { startUnit } from '../steps/start-unit.js';
import { unitState } from '../steps/unit-state.js';
import type { Remedy } from './remedy.js';

const unit = 'nvidia-fabricmanager.service';

/** Starts the fabric manager that is installed and stopped. */
export const startFabricManager: Remedy = {
  mends: ['driver/fabric-manager-not-running'],
  ofKernel: true,
  async mend({ facts, survey }) {
    const installed = survey.packages.known && survey.packages.value.some(({ name }) => /^nvidia-fabric-?manager(-\d+)?$/.test(name));
    const state = await unitState(facts.host, 'nvidia-fabricmanager');
    if (state !== 'inactive' || !installed) {
      return {
        byHand:
          state === 'failed' ? 'it failed, and its log says why' : 'the package of exactly the driver’s version is to be installed first',
      };
    }
    const why = 'CUDA does not start before it has set up the switches';
    return {
      steps: [step(startUnit, { unit }, { id: 'start-fabric-manager', because: ['driver/fabric-manager-not-running'], why, after: [] })],
    };
  },
};
