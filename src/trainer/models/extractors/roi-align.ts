import { z } from 'zod';
import { roiAlign as align } from '../../../ops/roi-align.js';
import * as tf from '../../../tf.js';
import { component } from '../../registry.js';
import type { Extractor, ExtractorPlace } from './extractor.js';

/** RoIAlign (He et al., 2017, section 3): the mean of bilinear samples of each bin. */
export const roiAlign = component({
  type: 'roi_align',
  options: z.strictObject({ samples: z.int().min(1).max(8).default(2).describe('per bin and axis') }),
  build:
    ({ samples }, { align: convention }: ExtractorPlace): Extractor =>
    (features, { xyxy, pictureOf }, { stride, size }) => {
      const boxes = convention === 'centred' ? xyxy : cornerAligned(xyxy, stride);
      return align(features, tf.tensor2d(boxes, [pictureOf.length, 4]), tf.tensor1d(pictureOf, 'int32'), {
        size,
        scale: 1 / stride,
        samples,
      });
    },
});

/** The boxes for which the op, which takes half a pixel off, does what `aligned=False` does: none taken off, and no region below one cell. */
function cornerAligned(xyxy: Float32Array, stride: number): Float32Array {
  const half = stride / 2;
  return xyxy.map((edge, index) => {
    if (index % 4 < 2) return edge + half;
    return Math.max(edge, xyxy[index - 2]! + stride) + half;
  });
}
