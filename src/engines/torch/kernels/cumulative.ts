import type { CumsumAttrs, CumsumInputs } from '../../../tf.js';
import { util } from '../../../tf.js';
import { ScalarType } from '../binding.js';
import { kernel } from '../kernel.js';

/** Sums or products of all that comes before along an axis; `start` stands before the first. */
const cumulative = (kernelName: string, operator: 'cumsum' | 'cumprod', start: number) =>
  kernel<CumsumInputs, CumsumAttrs>(kernelName, (torch, { x }, { axis, exclusive, reverse }) => {
    const [along] = util.parseAxisParam(axis, x.shape) as [number];
    const type = x.dtype === 'float32' ? ScalarType.float32 : ScalarType.int32;
    const towards = reverse ? torch.call('flip', x, [along]) : x;
    let made = torch.call(operator, towards, along, type);
    if (exclusive && x.shape[along]! > 0) {
      const sides = x.shape.slice(along + 1).flatMap(() => [0, 0]);
      made = torch.call('constant_pad_nd', torch.call('narrow', made, along, 0, x.shape[along]! - 1), [...sides, 1, 0], start);
    }
    return reverse ? torch.call('flip', made, [along]) : made;
  });

export const cumsum = cumulative('Cumsum', 'cumsum', 0);
export const cumprod = cumulative('Cumprod', 'cumprod', 1);
