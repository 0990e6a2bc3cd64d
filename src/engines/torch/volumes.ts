import type { backend_util } from '../../tf.js';
import type { TorchBackend } from './backend.js';
import type { Handle } from './binding.js';
import type { Operand } from './kernel.js';

/** Where the windows of a convolution or pooling of volumes lie. */
export type Geometry3d = backend_util.Conv3DInfo;

/** [B, D, H, W, C] as libtorch sees volumes, [B, C, D, H, W]. */
export const channelsFirst3d = (torch: TorchBackend, volume: Operand | Handle): Handle => torch.call('permute', volume, [0, 4, 1, 2, 3]);

/** The way back. */
export const channelsLast3d = (torch: TorchBackend, volume: Handle): Handle => torch.call('permute', volume, [0, 2, 3, 4, 1]);

/** What windows reach over the volume: before and after the width, the height and the depth. */
export function sidesOf(geometry: Geometry3d): [number, number, number, number, number, number] {
  const { padInfo, outWidth, outHeight, outDepth, strideWidth, strideHeight, strideDepth, inWidth, inHeight, inDepth } = geometry;
  const { effectiveFilterWidth, effectiveFilterHeight, effectiveFilterDepth } = geometry;
  const after = (windows: number, stride: number, length: number, before: number, size: number) =>
    Math.max(0, (windows - 1) * stride + size - length - before);
  return [
    padInfo.left,
    after(outWidth, strideWidth, inWidth, padInfo.left, effectiveFilterWidth),
    padInfo.top,
    after(outHeight, strideHeight, inHeight, padInfo.top, effectiveFilterHeight),
    padInfo.front,
    after(outDepth, strideDepth, inDepth, padInfo.front, effectiveFilterDepth),
  ];
}

/** The volume, [B, C, D, H, W], with what windows reach over it. */
export function padded3d(torch: TorchBackend, volume: Handle, geometry: Geometry3d, value: number): Handle {
  const sides = sidesOf(geometry);
  return sides.every((side) => side === 0) ? volume : torch.call('constant_pad_nd', volume, sides, value);
}

/** Takes away what `padded3d` added, and adds what it took away: of strides longer than a window TensorFlow.js has negative padding. */
export const unpadded3d = (torch: TorchBackend, volume: Handle, geometry: Geometry3d): Handle =>
  torch.call(
    'constant_pad_nd',
    volume,
    sidesOf(geometry).map((side) => -side),
    0,
  );
