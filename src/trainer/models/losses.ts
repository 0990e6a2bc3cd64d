import * as tf from '../../tf.js';

/** Sum over all of smooth L1 with its corner at `beta` (Girshick, 2015, equation 3), of predicted and wanted [N, 4]. */
export function smoothL1(predicted: tf.Tensor, wanted: tf.Tensor, beta: number): tf.Scalar {
  const distance = tf.abs(tf.sub(predicted, wanted));
  const near = tf.minimum(distance, beta);
  // near^2 / 2 beta + (distance - near): one formula for both sides of the corner.
  return tf.sum(tf.add(tf.mul(tf.square(near), 0.5 / beta), tf.sub(distance, near)));
}

/** Sum of binary cross-entropy of logits [N] against targets [N] in 0 to 1, in the form that does not overflow. */
export function binaryCrossEntropy(logits: tf.Tensor1D, targets: tf.Tensor1D): tf.Scalar {
  return tf.sum(tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tf.softplus(tf.neg(tf.abs(logits)))));
}

/** Mean of cross-entropy of logits [N, K] against class indices [N]. */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  const classes = logits.shape[1];
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(labels, classes)), 1)));
}
