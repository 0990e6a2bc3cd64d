import type { ClipByValueAttrs, EluGradInputs, LeakyReluAttrs, StepAttrs, UnaryInputs } from '../../../tf.js';
import { kernel } from '../kernel.js';

export const clipByValue = kernel<UnaryInputs, ClipByValueAttrs>('ClipByValue', (torch, { x }, { clipValueMin, clipValueMax }) =>
  torch.call('clamp', x, clipValueMin, clipValueMax),
);

export const relu6 = kernel<UnaryInputs>('Relu6', (torch, { x }) => torch.call('clamp', x, 0, 6));

export const leakyRelu = kernel<UnaryInputs, LeakyReluAttrs>('LeakyRelu', (torch, { x }, { alpha }) =>
  torch.call('leaky_relu', x.dtype === 'float32' ? x : torch.cast(x, 'float32'), alpha),
);

/** 1 above zero, `alpha` elsewhere; NaN stays. */
export const step = kernel<UnaryInputs, StepAttrs>('Step', (torch, { x }, { alpha }) => {
  const above = torch.call('gt.Scalar', x, 0);
  const type = x.dtype === 'int32' ? 'int32' : 'float32';
  const one = torch.constant(1, type);
  const stepped = alpha === 0 ? torch.cast(above, type) : torch.cast(torch.call('where.ScalarOther', above, one, alpha), type);
  return type === 'int32' ? stepped : torch.call('where.self', torch.call('isnan', x), x, stepped);
});

/** From what `Elu` answered. */
export const eluGrad = kernel<EluGradInputs>('EluGrad', (torch, { dy, y }) => torch.call('elu_backward', dy, 1, 1, 1, true, y));
