import * as tf from '../tf.js';
import { clipFactor } from './clip.js';
import type { Op } from './op.js';

/** One step of Adam with decoupled weight decay (Loshchilov and Hutter, 2019, algorithm 2). */
export interface AdamWStepOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Largest norm of the gradient; a longer one is scaled down to it. */
  readonly clip: number;
  /** Which step it is, from 1 on: the moments of the first ones are corrected for their start at zero. */
  readonly update: number;
}

/** What an optimizer holds: all parameters end to end, [n], and vectors of the same length. */
export interface AdamWStepInputs {
  readonly parameters: tf.Tensor1D;
  readonly gradient: tf.Tensor1D;
  /** Running means of the gradient and of its square. */
  readonly first: tf.Tensor1D;
  readonly second: tf.Tensor1D;
  /** 1 where the parameter decays, 0 elsewhere. */
  readonly decays: tf.Tensor1D;
}

const kernelName = 'AdamWStep';

/** The new parameters and moments, [n] each, and the norm that the gradient had before it was clipped. */
export function adamWStep(
  inputs: AdamWStepInputs,
  options: AdamWStepOptions,
): { parameters: tf.Tensor1D; first: tf.Tensor1D; second: tf.Tensor1D; gradientNorm: tf.Scalar } {
  const outputs = tf.engine().runKernel(kernelName, { ...inputs }, { ...options }) as unknown as tf.Tensor[];
  const [parameters, first, second, gradientNorm] = outputs as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Scalar];
  return { parameters, first, second, gradientNorm };
}

export const adamWStepOp: Op = {
  kernelName,
  reference({ parameters, gradient, first, second, decays }, attributes) {
    const { learningRate, beta1, beta2, epsilon, weightDecay, clip, update } = attributes as unknown as AdamWStepOptions;
    const norm = tf.norm(gradient!);
    const factor = clipFactor(norm, clip);
    // The factor joins the constants, so that clipping costs no pass over the vectors.
    const m = tf.add(tf.mul(first!, beta1), tf.mul(gradient!, factor * (1 - beta1)));
    const v = tf.add(tf.mul(second!, beta2), tf.mul(tf.square(gradient!), factor ** 2 * (1 - beta2)));
    const root = tf.add(tf.sqrt(tf.mul(v, 1 / (1 - beta2 ** update))), epsilon);
    const moved = tf.sub(parameters!, tf.mul(tf.div(m, root), learningRate / (1 - beta1 ** update)));
    const decayed = tf.mul(tf.mul(parameters!, decays!), learningRate * weightDecay);
    return [tf.sub(moved, decayed), m, v, norm];
  },
};
