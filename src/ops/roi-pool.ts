import * as tf from '../tf.js';
import type { Op } from './op.js';

/**
 * RoI max pooling (Girshick, 2015, section 2.1), with the rounding of the reference code and of torchvision's `roi_pool`: a box's
 * corners are rounded to cells, the last cell belongs to it, and it has one cell at least. Legend: N boxes, P pooled side.
 */
export interface RoiPoolOptions {
  /** P: the output is P x P. */
  readonly size: number;
  /** Feature cells per pixel, 1 / stride. */
  readonly scale: number;
}

const kernelName = 'RoiPool';
const gradientName = 'RoiPoolGrad';

/**
 * Features [B, H, W, C], boxes [N, 4] (x1 y1 x2 y2, pixels) and their picture's index [N] (int32) to the maxima [N, P, P, C]; a bin
 * that lies outside the map is 0. Only features get a gradient.
 */
export function roiPool(features: tf.Tensor4D, boxes: tf.Tensor2D, boxIndices: tf.Tensor1D, options: RoiPoolOptions): tf.Tensor4D {
  const outputs = tf.engine().runKernel(kernelName, { features, boxes, boxIndices }, { ...options }) as unknown as tf.Tensor[];
  outputs[1]!.dispose();
  return outputs[0] as tf.Tensor4D;
}

/** Outputs the maxima, and which cell each came from: row * W + column [N, P, P, C] (int32), -1 for an empty bin. */
export const roiPoolOp: Op = {
  kernelName,
  reference({ features, boxes, boxIndices }, attributes) {
    const { size, scale } = attributes as unknown as RoiPoolOptions;
    const [, height, width, channels] = features!.shape as [number, number, number, number];
    const [data, pixels, pictures] = [features!.dataSync(), boxes!.dataSync(), boxIndices!.dataSync()];
    const count = boxes!.shape[0]!;
    const shape: [number, number, number, number] = [count, size, size, channels];
    const pooled = new Float32Array(count * size * size * channels);
    const argmax = new Int32Array(pooled.length).fill(-1);
    for (let n = 0; n < count; n++) {
      const columns = bins(pixels[4 * n]!, pixels[4 * n + 2]!, scale, size, width);
      const rows = bins(pixels[4 * n + 1]!, pixels[4 * n + 3]!, scale, size, height);
      for (const [p, [top, bottom]] of rows.entries()) {
        for (const [q, [left, right]] of columns.entries()) {
          const to = ((n * size + p) * size + q) * channels;
          for (let y = top; y < bottom; y++) {
            for (let x = left; x < right; x++) {
              const from = ((pictures[n]! * height + y) * width + x) * channels;
              for (let c = 0; c < channels; c++) {
                if (argmax[to + c]! >= 0 && !(data[from + c]! > pooled[to + c]!)) continue;
                pooled[to + c] = data[from + c]!;
                argmax[to + c] = y * width + x;
              }
            }
          }
        }
      }
    }
    return [tf.tensor4d(pooled, shape), tf.tensor4d(argmax, shape, 'int32')];
  },
  gradient: {
    kernelName,
    inputsToSave: ['features', 'boxes', 'boxIndices'],
    outputsToSave: [false, true],
    gradFunc(dy, saved) {
      const [features, boxes, boxIndices, argmax] = saved as [tf.Tensor4D, tf.Tensor2D, tf.Tensor1D, tf.Tensor4D];
      const featuresShape = features.shape;
      const backward = () =>
        tf.engine().runKernel(gradientName, { dy: (dy as tf.Tensor[])[0]!, argmax, boxIndices }, {
          featuresShape,
        } as unknown as tf.NamedAttrMap) as unknown as tf.Tensor;
      return { features: backward, boxes: () => tf.zerosLike(boxes), boxIndices: () => tf.zerosLike(boxIndices) };
    },
  },
};

/** dy [N, P, P, C] back to the cells that were the largest, [B, H, W, C]. */
export const roiPoolGradOp: Op = {
  kernelName: gradientName,
  reference({ dy, argmax, boxIndices }, attributes) {
    const { featuresShape } = attributes as unknown as { featuresShape: [number, number, number, number] };
    const [, height, width, channels] = featuresShape;
    const [flowing, cells, pictures] = [dy!.dataSync(), argmax!.dataSync(), boxIndices!.dataSync()];
    const gathered = new Float32Array(tf.util.sizeFromShape(featuresShape));
    const perBox = flowing.length / Math.max(pictures.length, 1);
    for (let i = 0; i < flowing.length; i++) {
      if (cells[i]! < 0) continue;
      const picture = pictures[Math.floor(i / perBox)]!;
      const at = (picture * height * width + cells[i]!) * channels + (i % channels);
      gathered[at] = gathered[at]! + flowing[i]!;
    }
    return [tf.tensor4d(gathered, featuresShape)];
  },
};

/**
 * First cell and the one after the last of each bin between two edges in pixels, in a map `length` cells long. In single precision
 * like the kernels: whether a bin ends at a cell or in the next depends on it.
 */
function bins(low: number, high: number, scale: number, size: number, length: number): [first: number, end: number][] {
  const single = Math.fround;
  const start = round(single(low * single(scale)));
  const cells = Math.max(round(single(high * single(scale))) - start + 1, 1);
  const side = single(cells / size);
  const inside = (cell: number) => Math.min(Math.max(cell + start, 0), length);
  return Array.from({ length: size }, (_, bin) => [inside(Math.floor(single(bin * side))), inside(Math.ceil(single((bin + 1) * side)))]);
}

/** To the nearest, halves away from zero, as C does. */
const round = (value: number) => Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
