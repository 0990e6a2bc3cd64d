import * as tf from '../tf.js';
import type { Op } from './op.js';

const kernelName = 'Blend';

/** a + share (b - a), of one shape. There is no gradient. */
export function blend<T extends tf.Tensor>(a: T, b: T, share: number): T {
  return tf.engine().runKernel(kernelName, { a, b }, { share }) as unknown as T;
}

export const blendOp: Op = {
  kernelName,
  reference({ a, b }, attributes) {
    const { share } = attributes as unknown as { share: number };
    return [tf.add(tf.mul(a!, 1 - share), tf.mul(b!, share))];
  },
};
