import type {
  BatchToSpaceNDAttrs,
  BatchToSpaceNDInputs,
  DepthToSpaceAttrs,
  DepthToSpaceInputs,
  SpaceToBatchNDAttrs,
  SpaceToBatchNDInputs,
} from '../../../tf.js';
import { backend_util, util } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import { kernel, type Operand } from '../kernel.js';

/** The axes of `x` taken apart, exchanged and put together again. */
const rearranged = (
  torch: TorchBackend,
  x: Operand | Handle,
  apart: readonly number[],
  perm: readonly number[],
  together: readonly number[],
): Handle => torch.call('reshape', torch.call('permute', torch.call('reshape', x, apart), perm), together);

export const spaceToBatchND = kernel<SpaceToBatchNDInputs, SpaceToBatchNDAttrs>(
  'SpaceToBatchND',
  (torch, { x }, { blockShape, paddings }) => {
    const sides = x.shape.map((_, axis) => paddings[axis - 1] ?? [0, 0]);
    const padded = torch.call('constant_pad_nd', x, sides.toReversed().flat(), 0);
    const shape = torch.shapeOf(padded);
    const block = util.sizeFromShape(blockShape);
    const apart = backend_util.getReshaped(shape, blockShape, block, false);
    const perm = backend_util.getPermuted(apart.length, blockShape.length, false);
    return rearranged(torch, padded, apart, perm, backend_util.getReshapedPermuted(shape, blockShape, block, false));
  },
);

export const batchToSpaceND = kernel<BatchToSpaceNDInputs, BatchToSpaceNDAttrs>('BatchToSpaceND', (torch, { x }, { blockShape, crops }) => {
  const block = util.sizeFromShape(blockShape);
  const apart = backend_util.getReshaped(x.shape, blockShape, block);
  const perm = backend_util.getPermuted(apart.length, blockShape.length);
  const together = backend_util.getReshapedPermuted(x.shape, blockShape, block);
  return crops.reduce<Handle>(
    (part, [before, after], axis) => torch.call('narrow', part, axis + 1, before, together[axis + 1]! - before! - after!),
    rearranged(torch, x, apart, perm, together),
  );
});

/** Channels in the order (row of the block, column of the block, channel); libtorch's `pixel_shuffle` has another. */
export const depthToSpace = kernel<DepthToSpaceInputs, DepthToSpaceAttrs>(
  'DepthToSpace',
  (torch, { x }, { blockSize: block, dataFormat }) => {
    if (dataFormat === 'NCHW') {
      const [batch, depth, height, width] = x.shape as [number, number, number, number];
      const channels = depth / block ** 2;
      return rearranged(
        torch,
        x,
        [batch, block, block, channels, height, width],
        [0, 3, 4, 1, 5, 2],
        [batch, channels, height * block, width * block],
      );
    }
    const [batch, height, width, depth] = x.shape as [number, number, number, number];
    const channels = depth / block ** 2;
    return rearranged(
      torch,
      x,
      [batch, height, width, block, block, channels],
      [0, 1, 3, 2, 4, 5],
      [batch, height * block, width * block, channels],
    );
  },
);
