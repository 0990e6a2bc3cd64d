import {
  backend_util,
  type ScatterNdAttrs,
  type ScatterNdInputs,
  type SparseToDenseAttrs,
  type SparseToDenseInputs,
  type TensorScatterUpdateInputs,
} from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import { kernel, type Operand } from '../kernel.js';
import { atPlaces, slicesOf } from '../places.js';

/**
 * `updates` put into, or added to, the slices that `indices` [..., D] lead to; of two for one slice the later one stays. `into` makes the
 * slices, [count, size]; on a GPU there is one too many, for what leads nowhere.
 */
function scatter(
  torch: TorchBackend,
  operator: 'index_add_' | 'index_copy_',
  into: (count: number, size: number) => Handle,
  indices: Operand,
  updates: Operand,
  shape: readonly number[],
): Handle {
  const { sliceRank, sliceSize, numUpdates, strides, outputSize } = backend_util.calculateShapes(updates as never, indices as never, [
    ...shape,
  ]);
  if (outputSize === 0) return torch.full(shape, 0, updates.dtype as 'float32');
  const count = outputSize / sliceSize;
  const values = torch.plain(updates);
  const rows =
    updates.shape.length === 0
      ? torch.call('expand', values, [numUpdates, sliceSize])
      : torch.call('reshape', values, [numUpdates, sliceSize]);
  const target = into(torch.device === 'cpu' ? count : count + 1, sliceSize);
  const scattered = atPlaces(
    torch,
    slicesOf(torch, indices, sliceRank, strides),
    count,
    (places) => torch.call(operator, target, 0, places, rows),
    (position) => `the index at ${position} does not index into [${shape}]`,
    count,
  );
  return torch.call('reshape', torch.call('narrow', scattered, 0, 0, count), shape);
}

export const scatterNd = kernel<ScatterNdInputs, ScatterNdAttrs>('ScatterNd', (torch, { indices, updates }, { shape }) => {
  const zeros = (count: number, size: number) => torch.full([count, size], 0, updates.dtype as 'float32');
  return scatter(torch, 'index_add_', zeros, indices, updates, shape);
});

export const tensorScatterUpdate = kernel<TensorScatterUpdateInputs>('TensorScatterUpdate', (torch, { tensor, indices, updates }) => {
  const copy = (count: number, size: number) => {
    const slices = torch.call('reshape', torch.plain(tensor), [-1, size]);
    const [there] = torch.shapeOf(slices) as [number];
    return torch.call('constant_pad_nd', slices, [0, 0, 0, count - there], 0);
  };
  return scatter(torch, 'index_copy_', copy, indices, updates, tensor.shape);
});

export const sparseToDense = kernel<SparseToDenseInputs, SparseToDenseAttrs>(
  'SparseToDense',
  (torch, { sparseIndices, sparseValues, defaultValue }, { outputShape }) => {
    const value = torch.cast(defaultValue, sparseValues.dtype as 'float32');
    const filled = (count: number, size: number) => torch.call('repeat', torch.call('reshape', value, [1, 1]), [count, size]);
    return scatter(torch, 'index_copy_', filled, sparseIndices, sparseValues, outputShape);
  },
);
