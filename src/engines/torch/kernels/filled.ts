import type { FillAttrs } from '../../../tf.js';
import { kernel } from '../kernel.js';

type Numeric = 'float32' | 'int32' | 'bool' | 'complex64';

export const fill = kernel<object, FillAttrs>('Fill', (torch, _, { shape, value, dtype }) => {
  if (typeof value === 'string') return torch.strings(shape, value);
  return torch.full(shape, value, (dtype ?? 'float32') as Numeric);
});

export const zerosLike = kernel<{ x: unknown }>('ZerosLike', (torch, { x }) => torch.like('zeros_like', x));
export const onesLike = kernel<{ x: unknown }>('OnesLike', (torch, { x }) => torch.like('ones_like', x));
