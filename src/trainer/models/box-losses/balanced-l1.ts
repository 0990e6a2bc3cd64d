import { z } from 'zod';
import * as tf from '../../../tf.js';
import { component } from '../../registry.js';
import type { BoxLoss } from './box-loss.js';

/** Balanced L1 (Pang et al., 2019, section 3.3): accurate boxes get a larger share of the gradient than with smooth L1. */
export const balancedL1 = component({
  type: 'balanced_l1',
  options: z.strictObject({ alpha: z.number().positive().default(0.5), gamma: z.number().positive().default(1.5) }),
  build({ alpha, gamma }): BoxLoss {
    // So that the two sides meet at a distance of 1.
    const b = Math.exp(gamma / alpha) - 1;
    return (predicted, wanted, weights) => {
      const distance = tf.abs(tf.sub(predicted, wanted));
      const near = tf.minimum(distance, 1);
      const inside = tf.sub(tf.mul(tf.mul(tf.add(tf.mul(near, b), 1), tf.log1p(tf.mul(near, b))), alpha / b), tf.mul(near, alpha));
      const each = tf.add(inside, tf.mul(tf.sub(distance, near), gamma));
      return tf.sum(weights ? tf.mul(each, weights) : each);
    };
  },
});
