import { backend_util, type GatherNdInputs } from '../../../tf.js';
import { kernel } from '../kernel.js';
import { atPlaces, slicesOf } from '../places.js';

export const gatherNd = kernel<GatherNdInputs>('GatherNd', (torch, { params, indices }) => {
  const [shape, , sliceSize, strides] = backend_util.prepareAndValidate(params as never, indices as never);
  const slices = torch.call('reshape', params, [-1, sliceSize]);
  const [count] = torch.shapeOf(slices) as [number];
  const chosen = atPlaces(
    torch,
    slicesOf(torch, indices, indices.shape.at(-1)!, strides),
    count,
    (inside) => torch.call('index_select', slices, 0, inside),
    (position) => `the index at ${position} does not index into [${params.shape}]`,
  );
  return torch.call('reshape', chosen, shape);
});
