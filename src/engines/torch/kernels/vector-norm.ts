import { kernel } from '../kernel.js';

export const vectorNorm = kernel<{ x: unknown }>('VectorNorm', (torch, { x }) => torch.call('norm.Scalar', torch.cast(x, 'float32'), 2));
