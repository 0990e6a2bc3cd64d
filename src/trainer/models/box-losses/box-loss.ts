import type * as tf from '../../../tf.js';

/** How far predicted regression values are from wanted ones, both [N, 4]: the sum over all; rows may have weights [N, 1]. */
export type BoxLoss = (predicted: tf.Tensor, wanted: tf.Tensor, weights?: tf.Tensor2D) => tf.Scalar;
