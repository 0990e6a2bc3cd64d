import { z } from 'zod';
import * as tf from '../../../tf.js';
import { component } from '../../registry.js';
import type { BoxLoss } from './box-loss.js';

/** Absolute values, as mmdetection has them from version 2 on. */
export const l1 = component({
  type: 'l1',
  options: z.strictObject({}),
  build: (): BoxLoss => (predicted, wanted, weights) => {
    const each = tf.abs(tf.sub(predicted, wanted));
    return tf.sum(weights ? tf.mul(each, weights) : each);
  },
});
