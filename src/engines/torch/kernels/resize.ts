import type { ResizeBilinearAttrs, ResizeNearestNeighborAttrs } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import { channelsFirst, channelsLast } from '../images.js';
import { kernel, type Operand } from '../kernel.js';

interface Sampling {
  readonly alignCorners: boolean;
  readonly halfPixelCenters?: boolean;
}

/** How far apart two neighbours of the output lie in the input. */
const ratio = (from: number, to: number, { alignCorners }: Sampling) => (alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to);

/** The cell that each of `to` places along a side takes. */
function nearest(from: number, to: number, sampling: Sampling): number[] {
  const step = ratio(from, to, sampling);
  return Array.from({ length: to }, (_, i) => {
    const at = step * (sampling.halfPixelCenters ? i + 0.5 : i);
    return Math.min(from - 1, Math.max(0, sampling.alignCorners ? Math.round(at) : Math.floor(at)));
  });
}

/** The two cells between which each of `to` places along a side lies, and how far from the first. */
function between(from: number, to: number, sampling: Sampling): { low: number[]; high: number[]; part: number[] } {
  const step = ratio(from, to, sampling);
  const at = Array.from({ length: to }, (_, i) => (sampling.halfPixelCenters ? step * (i + 0.5) - 0.5 : step * i));
  const low = at.map((place) => Math.max(0, Math.floor(place)));
  return { low, high: at.map((place) => Math.min(from - 1, Math.ceil(place))), part: at.map((place, i) => place - low[i]!) };
}

/** [to, from]: what each cell of a side gives to each place. Its transpose brings a gradient back. */
function weights(torch: TorchBackend, from: number, to: number, sampling: Sampling): Handle {
  const matrix = new Float32Array(to * from);
  const { low, high, part } = between(from, to, sampling);
  for (let i = 0; i < to; i++) {
    matrix[i * from + low[i]!]! += 1 - part[i]!;
    matrix[i * from + high[i]!]! += part[i]!;
  }
  return torch.call('reshape', torch.constant(matrix), [to, from]);
}

/** [B, H, W, C] by a matrix [h, H] on the rows and one [w, W] on the columns. */
function byMatrices(torch: TorchBackend, image: Operand, rows: Handle, columns: Handle): Handle {
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  const [outHeight] = torch.shapeOf(rows) as [number];
  const [outWidth] = torch.shapeOf(columns) as [number];
  const tall = torch.call('matmul', rows, torch.call('reshape', torch.cast(image, 'float32'), [batch, height, width * channels]));
  const wide = torch.call('matmul', columns, torch.call('reshape', tall, [batch * outHeight, width, channels]));
  return torch.call('reshape', wide, [batch, outHeight, outWidth, channels]);
}

/** libtorch's own does what TensorFlow does when corners are aligned; the other two ways of TensorFlow it has not. */
export const resizeBilinear = kernel<{ images: unknown }, ResizeBilinearAttrs>(
  'ResizeBilinear',
  (torch, { images }, { size, ...sampling }) => {
    const [, height, width] = images.shape as [number, number, number, number];
    if (sampling.alignCorners && images.dtype === 'float32')
      return channelsLast(torch, torch.call('upsample_bilinear2d', channelsFirst(torch, images), size, true));
    return byMatrices(torch, images, weights(torch, height, size[0], sampling), weights(torch, width, size[1], sampling));
  },
);

export const resizeBilinearGrad = kernel<{ images: unknown; dy: unknown }, Sampling>(
  'ResizeBilinearGrad',
  (torch, { images, dy }, sampling) => {
    const [batch, height, width, channels] = images.shape as [number, number, number, number];
    const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
    if (sampling.alignCorners)
      return channelsLast(
        torch,
        torch.call('upsample_bilinear2d_backward', channelsFirst(torch, dy), [outHeight, outWidth], [batch, channels, height, width], true),
      );
    const transposed = (from: number, to: number) => torch.call('t', weights(torch, from, to, sampling));
    return byMatrices(torch, dy, transposed(height, outHeight), transposed(width, outWidth));
  },
);

export const resizeNearestNeighbor = kernel<{ images: unknown }, ResizeNearestNeighborAttrs>(
  'ResizeNearestNeighbor',
  (torch, { images }, { size, ...sampling }) => {
    const [, height, width] = images.shape as [number, number, number, number];
    if (isPlain(sampling) && images.dtype === 'float32')
      return channelsLast(torch, torch.call('upsample_nearest2d', channelsFirst(torch, images), size));
    const rows = torch.call('index_select', images, 1, torch.constant(nearest(height, size[0], sampling), 'int32'));
    return torch.call('index_select', rows, 2, torch.constant(nearest(width, size[1], sampling), 'int32'));
  },
);

export const resizeNearestNeighborGrad = kernel<{ images: unknown; dy: unknown }, Sampling>(
  'ResizeNearestNeighborGrad',
  (torch, { images, dy }, sampling) => {
    const [batch, height, width, channels] = images.shape as [number, number, number, number];
    const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
    if (isPlain(sampling))
      return channelsLast(
        torch,
        torch.call('upsample_nearest2d_backward', channelsFirst(torch, dy), [outHeight, outWidth], [batch, channels, height, width]),
      );
    const rows = torch.call(
      'index_add',
      torch.full([batch, height, outWidth, channels], 0, 'float32'),
      1,
      torch.constant(nearest(height, outHeight, sampling), 'int32'),
      torch.cast(dy, 'float32'),
    );
    const sums = torch.full([batch, height, width, channels], 0, 'float32');
    return torch.call('index_add', sums, 2, torch.constant(nearest(width, outWidth, sampling), 'int32'), rows);
  },
);

const isPlain = ({ alignCorners, halfPixelCenters }: Sampling) => !alignCorners && !halfPixelCenters;
