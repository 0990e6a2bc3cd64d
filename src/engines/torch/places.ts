import { util } from '../../tf.js';
import type { TorchBackend } from './backend.js';
import type { Handle } from './binding.js';
import type { Operand } from './kernel.js';

/**
 * What `take` makes of places [N] along a dimension of `length`. A place outside is an error on the processor, and `instead` of it is taken
 * where an error would end a GPU's work.
 */
export function atPlaces(
  torch: TorchBackend,
  places: Handle,
  length: number,
  take: (places: Handle) => Handle,
  told: (position: number, place: number) => string,
  instead?: number,
): Handle {
  if (torch.device !== 'cpu') {
    if (instead === undefined) return take(torch.call('clamp', places, 0, length - 1));
    const inside = torch.call('logical_and', torch.call('ge.Scalar', places, 0), torch.call('lt.Scalar', places, length));
    return take(torch.call('where.ScalarOther', inside, places, instead));
  }
  try {
    return take(places);
  } catch (error) {
    const numbers = torch.numbersOf(places);
    const at = numbers.findIndex((place) => place < 0 || place >= length);
    throw at < 0 ? error : new Error(told(at, numbers[at]!));
  }
}

/** Which slice each index, `depth` numbers of `indices`, means, [N] int64, where a step along dimension d passes `strides[d]` slices. */
export function slicesOf(torch: TorchBackend, indices: Operand, depth: number, strides: readonly number[]): Handle {
  const rows = torch.call('reshape', torch.cast(indices, 'int32'), [util.sizeFromShape(indices.shape) / Math.max(depth, 1), depth]);
  return torch.call('sum.dim_IntList', torch.call('mul.Tensor', rows, torch.constant(strides.slice(0, depth), 'int32')), [1]);
}
