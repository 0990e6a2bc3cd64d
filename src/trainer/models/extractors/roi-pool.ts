import { z } from 'zod';
import { roiPool as pool } from '../../../ops/roi-pool.js';
import * as tf from '../../../tf.js';
import { component } from '../../registry.js';
import type { Extractor, ExtractorPlace } from './extractor.js';

/** RoI max pooling (Girshick, 2015, section 2.1): the largest cell of each bin, bins of whole cells. */
export const roiPool = component({
  type: 'roi_pool',
  options: z.strictObject({}),
  build:
    (_: object, __: ExtractorPlace): Extractor =>
    (features, { xyxy, pictureOf }, { stride, size }) =>
      pool(features, tf.tensor2d(xyxy, [pictureOf.length, 4]), tf.tensor1d(pictureOf, 'int32'), { size, scale: 1 / stride }),
});
