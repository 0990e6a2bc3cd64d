import * as tf from '../tf.js';
import type { Op } from './op.js';

const kernelName = 'VectorNorm';

/** The Euclidean norm of all of x's elements, a scalar. There is no gradient. */
export function vectorNorm(x: tf.Tensor): tf.Scalar {
  return tf.engine().runKernel(kernelName, { x }) as unknown as tf.Scalar;
}

export const vectorNormOp: Op = {
  kernelName,
  reference: ({ x }) => [tf.sqrt(tf.sum(tf.square(x!)))],
};
