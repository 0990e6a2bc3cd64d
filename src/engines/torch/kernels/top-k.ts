import type { TopKAttrs, TopKInputs } from '../../../tf.js';
import { util } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import { kernel, type Operand } from '../kernel.js';

/** Of equal values the first. libtorch's `topk` takes any; a sort of all that keeps their order is fifty times slower where k is small. */
export const topK = kernel<TopKInputs, TopKAttrs>('TopK', (torch, { x }, { k }) => {
  const length = x.shape.at(-1)!;
  const places = k > 0 && 4 * k < length && x.dtype !== 'bool' ? firstPlaces(torch, x, k) : undefined;
  if (places === undefined) {
    const sorted = torch.callForMany('sort.stable', x, true, -1, true);
    // Copied, lest the whole stay in memory.
    return sorted.map((all) => torch.call('clone', torch.call('narrow', all, -1, 0, k)));
  }
  const [values, order] = torch.callForMany('sort.stable', torch.call('gather', x, -1, places), true, -1, true);
  return [values!, torch.call('gather', places, -1, order)];
});

/** [..., k]: the places of the largest, in the order in which they lie; none where a row has k NaN or more. */
function firstPlaces(torch: TorchBackend, x: Operand, k: number): Handle | undefined {
  const [largest] = torch.callForMany('topk', x, k);
  const least = torch.call('narrow', largest!, -1, k - 1, 1);
  // NaN is above all, as when sorting.
  const above = torch.call('logical_not', torch.call('le.Tensor', x, least));
  const equal = torch.call('eq.Tensor', x, least);
  const room = torch.call('rsub.Scalar', torch.call('sum.dim_IntList', above, [-1], true), k);
  const first = torch.call('logical_and', equal, torch.call('le.Tensor', torch.call('cumsum', equal, -1), room));
  const chosen = torch.call('nonzero', torch.call('logical_or', above, first));
  const [count, rank] = torch.shapeOf(chosen) as [number, number];
  const shape = [...x.shape.slice(0, -1), k];
  return count === util.sizeFromShape(shape) ? torch.call('reshape', torch.call('select.int', chosen, 1, rank - 1), shape) : undefined;
}
