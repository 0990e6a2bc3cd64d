import { gpusOf } from '../../doctor/gpus.js';
import { holding, rivalSteps } from '../driver/common-steps.js';
import { rivalsAtWork } from '../driver/draft.js';
import { step } from '../step.js';
import { rivals } from '../steps/check-gpu-owner.js';
import { reboot } from '../steps/reboot.js';
import type { Remedy } from './remedy.js';

/** Forbids nouveau and nova_core, in modprobe.d and in every early boot image; a reboot takes them off the GPU. */
export const keepRivalsAway: Remedy = {
  mends: ['kernel/nouveau-loaded', 'kernel/gpu-owned-by-other-driver', 'kernel/nouveau-not-blacklisted'],
  ofKernel: true,
  async mend({ facts, survey }, { id }) {
    const look = await gpusOf(facts);
    const owners = 'gpus' in look ? look.gpus.map(({ driver }) => driver) : [];
    if (id === 'kernel/gpu-owned-by-other-driver' && !rivalsAtWork(survey).includes('nova_core')) {
      const others = owners.filter((driver) => driver && !['nvidia', ...rivals].includes(driver));
      return { byHand: `only a person knows whether ${others.join(', ') || 'that driver'} is meant to have the GPU` };
    }
    const { steps, warnings } = rivalSteps({ survey }, []);
    const atWork = rivalsAtWork(survey);
    if (atWork.length === 0) return { steps, warnings };
    const restart = step(
      reboot,
      { bootId: survey.madeOn.bootId },
      {
        id: 'reboot',
        because: holding,
        why: `Only a reboot takes ${atWork.join(' and ')} off the GPU`,
        after: steps.map((each) => each.id),
      },
    );
    return { steps: [...steps, restart], warnings };
  },
};
