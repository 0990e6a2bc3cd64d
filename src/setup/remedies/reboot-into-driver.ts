import { step } from '../step.js';
import { reboot } from '../steps/reboot.js';
import type { Remedy } from './remedy.js';

/** Ends an upgrade of the driver that is half done: module and libraries on disk agree, and the old module still runs. */
export const rebootIntoDriver: Remedy = {
  mends: ['driver/version-mismatch'],
  ofKernel: true,
  async mend({ survey }, { remedy }) {
    if (!remedy?.commands.includes('sudo systemctl reboot')) return { byHand: 'module and libraries come from several sources' };
    const why = 'The module of the new driver is on disk, and only a boot loads it in the place of the old one';
    return {
      steps: [step(reboot, { bootId: survey.madeOn.bootId }, { id: 'reboot', because: ['driver/version-mismatch'], why, after: [] })],
    };
  },
};
