import * as tf from '../tf.js';
import type { Op } from './op.js';

/** One step of Adam with decoupled weight decay (Loshchilov and Hutter, 2019, algorithm 2). */
export interface AdamWStepOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** What the gradient is multiplied by first, below 1 where the whole of it is too long. */
  readonly scale: number;
  /** Which step it is, from 1 on: the moments of the first ones are corrected for their start at zero. */
  readonly update: number;
}

/** All of one shape, which may be any. */
export interface AdamWStepInputs {
  readonly parameter: tf.Tensor;
  readonly gradient: tf.Tensor;
  /** Running means of the gradient and of its square. */
  readonly first: tf.Tensor;
  readonly second: tf.Tensor;
}

const kernelName = 'AdamWStep';

/** The new parameter and moments. */
export function adamWStep(
  inputs: AdamWStepInputs,
  options: AdamWStepOptions,
): { parameter: tf.Tensor; first: tf.Tensor; second: tf.Tensor } {
  const outputs = tf.engine().runKernel(kernelName, { ...inputs }, { ...options }) as unknown as tf.Tensor[];
  const [parameter, first, second] = outputs as [tf.Tensor, tf.Tensor, tf.Tensor];
  return { parameter, first, second };
}

export const adamWStepOp: Op = {
  kernelName,
  reference({ parameter, gradient, first, second }, attributes) {
    const { learningRate, beta1, beta2, epsilon, weightDecay, scale, update } = attributes as unknown as AdamWStepOptions;
    // The scale joins the constants, so that it costs no pass over the gradient.
    const m = tf.add(tf.mul(first!, beta1), tf.mul(gradient!, scale * (1 - beta1)));
    const v = tf.add(tf.mul(second!, beta2), tf.mul(tf.square(gradient!), scale ** 2 * (1 - beta2)));
    const root = tf.add(tf.sqrt(tf.mul(v, 1 / (1 - beta2 ** update))), epsilon);
    const moved = tf.sub(parameter!, tf.mul(tf.div(m, root), learningRate / (1 - beta1 ** update)));
    return [weightDecay === 0 ? moved : tf.sub(moved, tf.mul(parameter!, learningRate * weightDecay)), m, v];
  },
};
