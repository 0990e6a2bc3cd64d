import * as tf from '../tf.js';
import type { Op } from './op.js';

/** One step of stochastic gradient descent with momentum and L2 decay in the form of PyTorch and Caffe2: v = m v + g, p = p - lr v. */
export interface SgdStepOptions {
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** What the gradient is multiplied by first, below 1 where the whole of it is too long. */
  readonly scale: number;
}

/** All of one shape, which may be any. */
export interface SgdStepInputs {
  readonly parameter: tf.Tensor;
  readonly gradient: tf.Tensor;
  readonly velocity: tf.Tensor;
}

const kernelName = 'SgdStep';

/** The new parameter and velocity. */
export function sgdStep(inputs: SgdStepInputs, options: SgdStepOptions): { parameter: tf.Tensor; velocity: tf.Tensor } {
  const outputs = tf.engine().runKernel(kernelName, { ...inputs }, { ...options }) as unknown as tf.Tensor[];
  const [parameter, velocity] = outputs as [tf.Tensor, tf.Tensor];
  return { parameter, velocity };
}

export const sgdStepOp: Op = {
  kernelName,
  reference({ parameter, gradient, velocity }, attributes) {
    const { learningRate, momentum, weightDecay, scale } = attributes as unknown as SgdStepOptions;
    const scaled = scale === 1 ? gradient! : tf.mul(gradient!, scale);
    const decayed = weightDecay === 0 ? scaled : tf.add(scaled, tf.mul(parameter!, weightDecay));
    const v = tf.add(tf.mul(velocity!, momentum), decayed);
    return [tf.sub(parameter!, tf.mul(v, learningRate)), v];
  },
};
