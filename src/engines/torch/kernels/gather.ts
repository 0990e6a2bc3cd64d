import type { GatherV2Attrs, UnsortedSegmentSumAttrs } from '../../../tf.js';
import { backend_util, util } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import { kernel } from '../kernel.js';
import { atPlaces } from '../places.js';

export const gatherV2 = kernel<{ x: unknown; indices: unknown }, GatherV2Attrs>(
  'GatherV2',
  (torch, { x, indices }, { axis, batchDims }) => {
    const [along] = util.parseAxisParam(axis, x.shape) as [number];
    const batch = batchDims ?? 0;
    const info = backend_util.segment_util.collectGatherOpShapeInfo(
      { shape: x.shape } as never,
      { shape: indices.shape, rank: indices.shape.length } as never,
      along,
      batch,
    );
    const count = util.sizeFromShape(indices.shape) / info.batchSize;
    if (info.batchSize === 1) {
      const flat = torch.call('reshape', x, [info.outerSize, info.dimSize, info.sliceSize]);
      const places = torch.call('reshape', indices, [-1]);
      return torch.call('reshape', chosenFrom(torch, flat, places, info.dimSize), info.outputShape);
    }
    const flat = torch.call('reshape', x, [info.batchSize, info.outerSize, info.dimSize, info.sliceSize]);
    const places = torch.call('to.dtype', torch.call('reshape', indices, [info.batchSize, 1, count, 1]), 4);
    const chosen = torch.call('gather', flat, 2, torch.call('expand', places, [info.batchSize, info.outerSize, count, info.sliceSize]));
    return torch.call('reshape', chosen, info.outputShape);
  },
);

/** Chosen along dimension 1. */
const chosenFrom = (torch: TorchBackend, flat: Handle, places: Handle, length: number): Handle =>
  atPlaces(
    torch,
    places,
    length,
    (inside) => torch.call('index_select', flat, 1, inside),
    (_, place) => `the index value ${place} is not in [0, ${length - 1}]`,
  );

/** Sums the rows of x [N, ...] by their segment [N]; a negative one is left out. */
export const unsortedSegmentSum = kernel<{ x: unknown; segmentIds: unknown }, UnsortedSegmentSumAttrs>(
  'UnsortedSegmentSum',
  (torch, { x, segmentIds }, { numSegments }) => {
    const rowShape = x.shape.slice(segmentIds.shape.length);
    const ids = torch.call('reshape', segmentIds, [-1]);
    // One more segment takes what belongs to none.
    const kept = torch.call('where.ScalarOther', torch.call('ge.Scalar', ids, 0), ids, numSegments);
    const sums = torch.full([numSegments + 1, ...rowShape], 0, x.dtype as 'float32');
    const summed = torch.call('index_add_', sums, 0, kept, torch.cast(torch.call('reshape', x, [-1, ...rowShape]), x.dtype as 'float32'));
    return torch.call('narrow', summed, 0, 0, numSegments);
  },
);
