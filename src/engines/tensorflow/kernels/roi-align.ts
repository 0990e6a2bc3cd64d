import type { RoiAlignOptions } from '../../../ops/roi-align.js';
import * as tf from '../../../tf.js';
import { attribute, runRaw } from '../raw-op.js';

/**
 * RoIAlign by `CropAndResize`: its sampling grid is laid on RoIAlign's sample points, S x S of which are then averaged per bin.
 * The map is first padded by one repeated cell, so that samples less than one cell outside are clamped and farther ones are zero.
 */
export const roiAlignKernel: tf.KernelConfig = {
  kernelName: 'RoiAlign',
  backendName: 'tensorflow',
  kernelFunc({ inputs, attrs }) {
    const { features, boxes, boxIndices } = inputs as unknown as { features: tf.Tensor4D; boxes: tf.Tensor2D; boxIndices: tf.Tensor1D };
    const options = attrs as unknown as RoiAlignOptions;
    return tf.tidy(() => {
      const padded = tf.mirrorPad(features, onePixel, 'symmetric');
      const grid = sampleGrid(boxes, padded.shape, options);
      const side = options.size * options.samples;
      const crops = tf.image.cropAndResize(padded, grid, boxIndices, [side, side], 'bilinear', 0);
      return tf.avgPool(crops, options.samples, options.samples, 'valid');
    });
  },
};

export const roiAlignGradKernel: tf.KernelConfig = {
  kernelName: 'RoiAlignGrad',
  backendName: 'tensorflow',
  kernelFunc({ inputs, attrs }) {
    const { dy, boxes, boxIndices } = inputs as unknown as { dy: tf.Tensor4D; boxes: tf.Tensor2D; boxIndices: tf.Tensor1D };
    const { featuresShape, ...options } = attrs as unknown as RoiAlignOptions & { featuresShape: [number, number, number, number] };
    const [batch, height, width, channels] = featuresShape;
    const paddedShape: [number, number, number, number] = [batch, height + 2, width + 2, channels];
    return tf.tidy(() => {
      const side = options.size * options.samples;
      const [toSamples] = runRaw(
        'AvgPoolGrad',
        [
          attribute.type('T', 'float32'),
          attribute.ints('ksize', [1, options.samples, options.samples, 1]),
          attribute.ints('strides', [1, options.samples, options.samples, 1]),
          attribute.string('padding', 'VALID'),
          attribute.string('data_format', 'NHWC'),
        ],
        [tf.tensor1d([dy.shape[0], side, side, channels], 'int32'), dy],
        1,
      );
      const [toPadded] = runRaw(
        'CropAndResizeGradImage',
        [attribute.type('T', 'float32'), attribute.string('method', 'bilinear')],
        [toSamples!, sampleGrid(boxes, paddedShape, options), boxIndices, tf.tensor1d(paddedShape, 'int32')],
        1,
      );
      const [toFeatures] = runRaw(
        'MirrorPadGrad',
        [attribute.type('T', 'float32'), attribute.type('Tpaddings', 'int32'), attribute.string('mode', 'SYMMETRIC')],
        [toPadded!, tf.tensor2d(onePixel, [4, 2], 'int32')],
        1,
      );
      return toFeatures as tf.Tensor;
    });
  },
};

const onePixel: [[number, number], [number, number], [number, number], [number, number]] = [
  [0, 0],
  [1, 1],
  [1, 1],
  [0, 0],
];

/** Boxes [N, 4] in pixels to the y1 x1 y2 x2 [N, 4] whose corners `CropAndResize` takes as first and last sample, in parts of the padded map. */
function sampleGrid(
  boxes: tf.Tensor2D,
  [, height, width]: readonly [number, number, number, number],
  { size, scale, samples }: RoiAlignOptions,
): tf.Tensor2D {
  const pixels = boxes.dataSync();
  const count = boxes.shape[0];
  const grid = new Float32Array(4 * count);
  const inset = 0.5 / (size * samples);
  for (let n = 0; n < count; n++) {
    for (const [axis, length] of [
      [0, width],
      [1, height],
    ] as const) {
      // The half-pixel shift and the padding of one cell add up to half a cell.
      const low = pixels[4 * n + axis]! * scale + 0.5;
      const high = pixels[4 * n + 2 + axis]! * scale + 0.5;
      grid[4 * n + 1 - axis] = (low + inset * (high - low)) / (length - 1);
      grid[4 * n + 3 - axis] = (high - inset * (high - low)) / (length - 1);
    }
  }
  return tf.tensor2d(grid, [count, 4]);
}
