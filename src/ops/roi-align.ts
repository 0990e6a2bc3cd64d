import * as tf from '../tf.js';
import type { Op } from './op.js';

/** RoIAlign (He et al., 2017, section 3), half-pixel aligned as in Detectron2 and torchvision (`aligned=True`). Legend: N boxes, P pooled side, S samples per bin side. */
export interface RoiAlignOptions {
  /** P: the output is P x P. */
  readonly size: number;
  /** Feature cells per pixel, 1 / stride. */
  readonly scale: number;
  /** S: bilinear samples per bin and axis. */
  readonly samples: number;
}

const kernelName = 'RoiAlign';
const gradientName = 'RoiAlignGrad';

/** Features [B, H, W, C], boxes [N, 4] (x1 y1 x2 y2, pixels) and their picture's index [N] (int32) to [N, P, P, C]. Only features get a gradient. */
export function roiAlign(features: tf.Tensor4D, boxes: tf.Tensor2D, boxIndices: tf.Tensor1D, options: RoiAlignOptions): tf.Tensor4D {
  return tf.engine().runKernel(kernelName, { features, boxes, boxIndices }, { ...options }) as unknown as tf.Tensor4D;
}

export const roiAlignOp: Op = {
  kernelName,
  reference({ features, boxes, boxIndices }, attributes) {
    const options = attributes as unknown as RoiAlignOptions;
    const [, , , channels] = features!.shape as [number, number, number, number];
    const data = features!.dataSync();
    const count = boxes!.shape[0]!;
    const pooled = new Float32Array(count * options.size * options.size * channels);
    eachSample(features!.shape, boxes!.dataSync(), boxIndices!.dataSync(), options, (from, to, weight) => {
      for (let c = 0; c < channels; c++) pooled[to + c]! += weight * data[from + c]!;
    });
    return [tf.tensor4d(pooled, [count, options.size, options.size, channels])];
  },
  gradient: {
    kernelName,
    inputsToSave: ['features', 'boxes', 'boxIndices'],
    gradFunc(dy, saved, attributes) {
      const [features, boxes, boxIndices] = saved as [tf.Tensor4D, tf.Tensor2D, tf.Tensor1D];
      const featuresShape = features.shape;
      const backward = () =>
        tf.engine().runKernel(gradientName, { dy: dy as tf.Tensor, boxes, boxIndices }, {
          ...attributes,
          featuresShape,
        } as unknown as tf.NamedAttrMap) as unknown as tf.Tensor;
      return { features: backward, boxes: () => tf.zerosLike(boxes), boxIndices: () => tf.zerosLike(boxIndices) };
    },
  },
};

/** dy [N, P, P, C] back to the features' shape. */
export const roiAlignGradOp: Op = {
  kernelName: gradientName,
  reference({ dy, boxes, boxIndices }, attributes) {
    const { featuresShape, ...options } = attributes as unknown as RoiAlignOptions & { featuresShape: readonly number[] };
    const channels = featuresShape[3]!;
    const flowing = dy!.dataSync();
    const gathered = new Float32Array(featuresShape.reduce((product, side) => product * side, 1));
    eachSample(featuresShape, boxes!.dataSync(), boxIndices!.dataSync(), options, (to, from, weight) => {
      for (let c = 0; c < channels; c++) gathered[to + c]! += weight * flowing[from + c]!;
    });
    return [tf.tensor4d(gathered, [...featuresShape] as [number, number, number, number])];
  },
};

/** Calls `visit(offset into features, offset into the pooled map, weight)` for each of the four neighbours of every sample. */
function eachSample(
  [, height = 0, width = 0, channels = 0]: readonly number[],
  boxes: ArrayLike<number>,
  boxIndices: ArrayLike<number>,
  { size, scale, samples }: RoiAlignOptions,
  visit: (feature: number, pooled: number, weight: number) => void,
): void {
  const rows = new Array<Neighbours | undefined>(samples);
  const columns = new Array<Neighbours | undefined>(size * samples);
  const share = 1 / (samples * samples);
  for (let n = 0; n < boxIndices.length; n++) {
    const left = boxes[4 * n]! * scale - 0.5;
    const top = boxes[4 * n + 1]! * scale - 0.5;
    const binWidth = (boxes[4 * n + 2]! * scale - 0.5 - left) / size;
    const binHeight = (boxes[4 * n + 3]! * scale - 0.5 - top) / size;
    for (let s = 0; s < size * samples; s++) columns[s] = neighbours(left + ((s + 0.5) / samples) * binWidth, width);
    for (let p = 0; p < size; p++) {
      for (let s = 0; s < samples; s++) rows[s] = neighbours(top + (p + (s + 0.5) / samples) * binHeight, height);
      for (let q = 0; q < size; q++) {
        const pooled = ((n * size + p) * size + q) * channels;
        for (const row of rows) {
          if (!row) continue;
          for (let s = 0; s < samples; s++) {
            const column = columns[q * samples + s];
            if (!column) continue;
            for (let corner = 0; corner < 4; corner++) {
              const [y, wy] = corner < 2 ? [row.low, 1 - row.fraction] : [row.high, row.fraction];
              const [x, wx] = corner % 2 === 0 ? [column.low, 1 - column.fraction] : [column.high, column.fraction];
              const weight = wy * wx * share;
              if (weight !== 0) visit(((boxIndices[n]! * height + y) * width + x) * channels, pooled, weight);
            }
          }
        }
      }
    }
  }
}

interface Neighbours {
  readonly low: number;
  readonly high: number;
  readonly fraction: number;
}

/** The two cells around `position`; beyond one cell outside the map a sample counts as zero, nearer it is clamped (the reference code's rule). */
function neighbours(position: number, length: number): Neighbours | undefined {
  if (position < -1 || position > length) return undefined;
  const clamped = Math.min(Math.max(position, 0), length - 1);
  const low = Math.floor(clamped);
  return { low, high: Math.min(low + 1, length - 1), fraction: clamped - low };
}
