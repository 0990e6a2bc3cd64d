import { typedAs } from '../images.js';
import { kernel } from '../kernel.js';

/** One pass: dy where y is above 0. */
export const reluGrad = kernel<{ dy: unknown; y: unknown }>('ReluGrad', (torch, { dy, y }) =>
  torch.call('threshold_backward', typedAs(torch, dy, y), y, 0),
);
