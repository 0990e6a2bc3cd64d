import * as tf from '../../tf.js';

/** Sum over all of smooth L1 with its corner at `beta` (Girshick, 2015, equation 3), of predicted and wanted [N, 4]; rows may have weights [N, 1]. */
export function smoothL1(predicted: tf.Tensor, wanted: tf.Tensor, beta: number, weights?: tf.Tensor2D): tf.Scalar {
  const distance = tf.abs(tf.sub(predicted, wanted));
  const near = tf.minimum(distance, beta);
  // near^2 / 2 beta + (distance - near): one formula for both sides of the corner.
  const each = tf.add(tf.mul(tf.square(near), 0.5 / beta), tf.sub(distance, near));
  return tf.sum(weights ? tf.mul(each, weights) : each);
}

/** Sum of binary cross-entropy of logits [N] against targets [N] in 0 to 1, in the form that does not overflow. */
export function binaryCrossEntropy(logits: tf.Tensor1D, targets: tf.Tensor1D): tf.Scalar {
  return tf.sum(tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tf.softplus(tf.neg(tf.abs(logits)))));
}

/**
 * Weighted sum of the focal loss (Lin et al., 2017, equation 5) of logits [N] against targets [N], each 0 or 1. Written with
 * log-sigmoids, so that nothing overflows.
 */
export function focalLoss(
  logits: tf.Tensor1D,
  targets: tf.Tensor1D,
  weights: tf.Tensor1D,
  { alpha, gamma }: { readonly alpha: number; readonly gamma: number },
): tf.Scalar {
  // Signed so that a right answer is positive: one formula for objects and background.
  const signed = tf.mul(logits, tf.sub(tf.mul(targets, 2), 1));
  const wrong = tf.sigmoid(tf.neg(signed));
  const balance = tf.add(tf.mul(targets, 2 * alpha - 1), 1 - alpha);
  const modulated = gamma === 2 ? tf.square(wrong) : tf.pow(wrong, gamma);
  return tf.sum(tf.mul(tf.mul(tf.mul(weights, balance), modulated), tf.softplus(tf.neg(signed))));
}

/** Mean of cross-entropy of logits [N, K] against class indices [N]. */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  const classes = logits.shape[1];
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(labels, classes)), 1)));
}
