import { backend_util, type SparseSegmentSumInputs } from '../../../tf.js';
import { ScalarType } from '../binding.js';
import { kernel } from '../kernel.js';

/** The rows of `data` that `indices` [N] name, summed or averaged by their segment [N]; segments come in their order. */
const segments = (kernelName: string, averaged: boolean) =>
  kernel<SparseSegmentSumInputs>(
    kernelName,
    (torch, { data, indices, segmentIds }) => {
      const ids = torch.numbersOf(segmentIds);
      const rows = torch.numbersOf(indices);
      const count = ids.length === 0 ? 0 : ids.at(-1)! + 1;
      checkSegments(ids, count);
      const outside = rows.findIndex((row) => row < 0 || row >= data.shape[0]!);
      if (outside >= 0)
        throw new Error(backend_util.getSparseSegmentReductionIndicesOutOfRangeErrorMessage(outside, rows[outside]!, data.shape[0]!));
      const chosen = torch.call('index_select', torch.plain(data), 0, indices);
      const dtype = data.dtype as 'float32';
      const sums = torch.call('index_add_', torch.full([count, ...data.shape.slice(1)], 0, dtype), 0, segmentIds, chosen);
      if (!averaged) return sums;
      const sizes = torch.call('clamp', torch.call('bincount', torch.call('to.dtype', segmentIds, ScalarType.int64), undefined, count), 1);
      const mean = torch.call('div.Tensor', sums, torch.call('reshape', sizes, [-1, ...data.shape.slice(1).map(() => 1)]));
      return torch.cast(mean, dtype);
    },
    { saysItself: true },
  );

/** In the words of TensorFlow.js. */
function checkSegments(ids: Int32Array, count: number): void {
  if (ids.length > 0 && count <= 0) throw new Error(backend_util.getSparseSegmentReductionNegativeSegmentIdsErrorMessage());
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (i > 0 && id < ids[i - 1]!) throw new Error(backend_util.getSparseSegmentReductionNonIncreasingSegmentIdsErrorMessage());
    if (id < 0 || id >= count) throw new Error(backend_util.getSparseSegmentReductionSegmentIdOutOfRangeErrorMessage(id, count));
  }
}

export const sparseSegmentSum = segments('SparseSegmentSum', false);
export const sparseSegmentMean = segments('SparseSegmentMean', true);
