import * as tf from '../tf.js';
import type { Op } from './op.js';

/*
 * Sums whose gradient keeps nothing of the forward pass. TensorFlow.js' own `Add` keeps both of its inputs until the backward pass, because it
 * may have to sum a gradient down to their shapes; of the largest maps of a network that is memory for nothing.
 */

const alikeName = 'AddAlike';
const biasName = 'AddBias';

/** a + b, of one shape. */
export function addAlike<T extends tf.Tensor>(a: T, b: T): T {
  tf.util.assertShapesMatch(a.shape, b.shape, 'Error in addAlike: ');
  return tf.engine().runKernel(alikeName, { a, b }) as unknown as T;
}

/** x [..., C] + bias [C]. */
export function addBias<T extends tf.Tensor>(x: T, bias: tf.Tensor): T {
  const channels = x.shape.at(-1);
  if (bias.shape.length !== 1 || bias.shape[0] !== channels)
    throw new Error(`a bias [${bias.shape}] does not belong to ${channels} channels`);
  return tf.engine().runKernel(biasName, { x, bias }) as unknown as T;
}

export const addAlikeOp: Op = {
  kernelName: alikeName,
  reference: ({ a, b }) => [tf.add(a!, b!)],
  gradient: {
    kernelName: alikeName,
    gradFunc: (dy) => ({ a: () => (dy as tf.Tensor).clone(), b: () => (dy as tf.Tensor).clone() }),
  },
};

export const addBiasOp: Op = {
  kernelName: biasName,
  reference: ({ x, bias }) => [tf.add(x!, bias!)],
  gradient: {
    kernelName: biasName,
    gradFunc(dy) {
      const flowing = dy as tf.Tensor;
      const leading = flowing.shape.slice(0, -1).map((_, axis) => axis);
      return { x: () => flowing.clone(), bias: () => tf.sum(flowing, leading) };
    },
  },
};
