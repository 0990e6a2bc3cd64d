import type { AdamWStepInputs, AdamWStepOptions } from '../../../ops/adamw-step.js';
import type { SgdStepInputs, SgdStepOptions } from '../../../ops/sgd-step.js';
import { kernel } from '../kernel.js';

/** One pass over the tensors in place of one for every product and sum. */
export const sgdStep = kernel<SgdStepInputs, SgdStepOptions>(
  'SgdStep',
  (torch, { parameter, gradient, velocity }, { learningRate, momentum, weightDecay, scale }) =>
    torch.callForMany('gpu_setup::sgd_step', parameter, gradient, velocity, learningRate, momentum, weightDecay, scale),
);

export const adamWStep = kernel<AdamWStepInputs, AdamWStepOptions>(
  'AdamWStep',
  (torch, { parameter, gradient, first, second }, { learningRate, beta1, beta2, epsilon, weightDecay, scale, update }) =>
    torch.callForMany(
      'gpu_setup::adamw_step',
      ...[parameter, gradient, first, second],
      ...[learningRate, beta1, beta2, epsilon, weightDecay, scale, update],
    ),
);
