import type { TorchBackend } from './backend.js';
import type { Handle } from './binding.js';
import type { Geometry } from './convolution.js';

/**
 * Whether a convolution is done at every cell and then thinned out. With filters of one cell and strides that differ, oneDNN (2.6, in libtorch
 * 1.13) writes beyond its own scratch memory, some time before the process dies of it.
 */
export const isThinned = ({ filterHeight, filterWidth, strideHeight, strideWidth }: Geometry): boolean =>
  filterHeight === 1 && filterWidth === 1 && strideHeight !== strideWidth;

/** Every so many rows and columns of a picture [B, C, H, W]. */
export const thinned = (torch: TorchBackend, image: Handle, { strideHeight, strideWidth }: Geometry): Handle =>
  torch.call(
    'slice.Tensor',
    torch.call('slice.Tensor', image, 2, 0, Number.MAX_SAFE_INTEGER, strideHeight),
    3,
    0,
    Number.MAX_SAFE_INTEGER,
    strideWidth,
  );

/** The way back to `height` and `width`: zeros between what is there. */
export function spread(torch: TorchBackend, image: Handle, height: number, width: number, { strideHeight, strideWidth }: Geometry): Handle {
  const [batch, channels, rows] = torch.shapeOf(image) as [number, number, number];
  const zeros = (...shape: number[]) => torch.call('new_zeros', image, shape);
  const wide = torch.call('slice_scatter', zeros(batch, channels, rows, width), image, 3, 0, width, strideWidth);
  return torch.call('slice_scatter', zeros(batch, channels, height, width), wide, 2, 0, height, strideHeight);
}
