import { z } from 'zod';
import { batchedNms } from '../../../ops/batched-nms.js';
import * as tf from '../../../tf.js';
import { component } from '../../registry.js';
import type { Suppression } from './suppression.js';

/** A box that overlaps a better one of its class by more than the threshold goes. */
export const hard = component({
  type: 'hard',
  options: z.strictObject({}),
  build:
    (): Suppression =>
    ({ xyxy, labels, scores }, limits) => {
      const kept = tf.tidy(() => {
        const boxes = tf.tensor2d([...xyxy], [labels.length, 4]);
        return batchedNms(boxes, tf.tensor1d([...scores], 'float32'), tf.tensor1d([...labels], 'int32'), limits).dataSync();
      });
      return Array.from(kept, (index) => ({ index, score: scores[index]! }));
    },
});
