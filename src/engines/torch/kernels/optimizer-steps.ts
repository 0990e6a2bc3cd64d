import type { AdamWStepInputs, AdamWStepOptions } from '../../../ops/adamw-step.js';
import type { SgdStepInputs, SgdStepOptions } from '../../../ops/sgd-step.js';
import { kernel } from '../kernel.js';

/** One pass over the vectors in place of one for every product and sum. */
export const sgdStep = kernel<SgdStepInputs, SgdStepOptions>(
  'SgdStep',
  (torch, { parameters, gradient, velocity, decays }, { learningRate, momentum, weightDecay, clip }) =>
    torch.callForMany('gpu_setup::sgd_step', parameters, gradient, velocity, decays, learningRate, momentum, weightDecay, clip),
);

export const adamWStep = kernel<AdamWStepInputs, AdamWStepOptions>(
  'AdamWStep',
  (torch, { parameters, gradient, first, second, decays }, { learningRate, beta1, beta2, epsilon, weightDecay, clip, update }) =>
    torch.callForMany(
      'gpu_setup::adamw_step',
      ...[parameters, gradient, first, second, decays],
      ...[learningRate, beta1, beta2, epsilon, weightDecay, clip, update],
    ),
);
