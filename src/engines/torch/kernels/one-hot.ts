import type { OneHotAttrs } from '../../../tf.js';
import { kernel } from '../kernel.js';

/** `onValue` at the index along a new last dimension, `offValue` elsewhere; an index outside marks nothing. */
export const oneHot = kernel<{ indices: unknown }, OneHotAttrs>(
  'OneHot',
  (torch, { indices }, { dtype = 'float32', depth, onValue, offValue }) => {
    const type = dtype === 'int32' || dtype === 'bool' ? dtype : 'float32';
    const places = torch.call('arange', depth, 3, undefined, torch.device);
    const here = torch.call('eq.Tensor', torch.call('unsqueeze', indices, -1), places);
    if (onValue === 1 && offValue === 0) return torch.cast(here, type);
    return torch.cast(torch.call('where.ScalarOther', here, torch.constant(onValue), offValue), type);
  },
);
