import type { MaxPoolWithArgmaxAttrs, MaxPoolWithArgmaxInputs } from '../../../tf.js';
import { ScalarType } from '../binding.js';
import { channelsFirst, channelsLast } from '../images.js';
import { kernel } from '../kernel.js';
import { infoOf, pooledMaxima, poolingOf } from './pool.js';

/** The maxima, NaN left out, and where each is in the flat picture, or in the flat batch. */
export const maxPoolWithArgmax = kernel<MaxPoolWithArgmaxInputs, MaxPoolWithArgmaxAttrs>(
  'MaxPoolWithArgmax',
  (torch, { x }, { includeBatchInIndex, ...attrs }) => {
    const info = infoOf(x.shape, attrs);
    const pooling = poolingOf(info);
    const numbers = torch.call('nan_to_num', x, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const [maxima, places] = pooledMaxima(torch, channelsFirst(torch, numbers), pooling);
    // libtorch counts the cells of the picture that it was given, which may be a padded one.
    const [left, right, top] = pooling.before ?? [0, 0, 0];
    const width = info.inWidth + left + right;
    const row = torch.call('sub.Scalar', torch.call('div.Scalar_mode', places, width, 'floor'), top);
    const column = torch.call('sub.Scalar', torch.call('remainder.Scalar', places, width), left);
    const cell = torch.call('add.Tensor', torch.call('mul.Scalar', row, info.inWidth), column);
    const numbered = (count: number) => torch.call('arange', count, ScalarType.int64, undefined, torch.device);
    let flat = torch.call('add.Tensor', torch.call('mul.Scalar', channelsLast(torch, cell), info.inChannels), numbered(info.inChannels));
    if (includeBatchInIndex) {
      const first = torch.call('mul.Scalar', numbered(info.batchSize), info.inHeight * info.inWidth * info.inChannels);
      flat = torch.call('add.Tensor', flat, torch.call('reshape', first, [-1, 1, 1, 1]));
    }
    return [channelsLast(torch, maxima), torch.cast(flat, 'int32')];
  },
);
