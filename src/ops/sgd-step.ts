import * as tf from '../tf.js';
import { clipFactor } from './clip.js';
import type { Op } from './op.js';

/** One step of stochastic gradient descent with momentum and L2 decay in the form of PyTorch and Caffe2: v = m v + g, p = p - lr v. */
export interface SgdStepOptions {
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Largest norm of the gradient; a longer one is scaled down to it. */
  readonly clip: number;
}

/** What an optimizer holds: all parameters end to end, [n], and vectors of the same length. */
export interface SgdStepInputs {
  readonly parameters: tf.Tensor1D;
  readonly gradient: tf.Tensor1D;
  readonly velocity: tf.Tensor1D;
  /** 1 where the parameter decays, 0 elsewhere. */
  readonly decays: tf.Tensor1D;
}

const kernelName = 'SgdStep';

/** The new parameters [n] and velocity [n], and the norm that the gradient had before it was clipped. */
export function sgdStep(
  inputs: SgdStepInputs,
  options: SgdStepOptions,
): { parameters: tf.Tensor1D; velocity: tf.Tensor1D; gradientNorm: tf.Scalar } {
  const outputs = tf.engine().runKernel(kernelName, { ...inputs }, { ...options }) as unknown as tf.Tensor[];
  const [parameters, velocity, gradientNorm] = outputs as [tf.Tensor1D, tf.Tensor1D, tf.Scalar];
  return { parameters, velocity, gradientNorm };
}

export const sgdStepOp: Op = {
  kernelName,
  reference({ parameters, gradient, velocity, decays }, attributes) {
    const { learningRate, momentum, weightDecay, clip } = attributes as unknown as SgdStepOptions;
    const norm = tf.norm(gradient!);
    const factor = clipFactor(norm, clip);
    const clipped = factor < 1 ? tf.mul(gradient!, factor) : gradient!;
    const decayed = tf.add(clipped, tf.mul(tf.mul(parameters!, decays!), weightDecay));
    const v = tf.add(tf.mul(velocity!, momentum), decayed);
    return [tf.sub(parameters!, tf.mul(v, learningRate)), v, norm];
  },
};
