import type { CastAttrs, CastInputs } from '../../../tf.js';
import { kernel } from '../kernel.js';

export const cast = kernel<CastInputs, CastAttrs>('Cast', (torch, { x }, { dtype }) => {
  if (dtype === x.dtype) return torch.share(x);
  if (dtype === 'string') throw new Error(`${x.dtype} does not become string`);
  const real = x.dtype === 'complex64' && dtype !== 'complex64' ? torch.call('real', x) : x;
  return torch.cast(real, dtype);
});
