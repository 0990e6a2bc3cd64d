import * as tf from '../tf.js';
import type { Op } from './op.js';

/** Batch normalisation in training, with an optional ReLU (Ioffe and Szegedy, 2015, algorithm 1). Legend: B batch, H W map, C channels. */
export interface BatchNormOptions {
  readonly epsilon: number;
  readonly relu: boolean;
}

const kernelName = 'BatchNormTraining';
const gradientName = 'BatchNormTrainingGrad';

/**
 * Normalises x [B, H, W, C] by the mean and variance of this very batch, then scales and shifts by scale [C] and offset [C].
 * Answers the result, and the mean [C] and (biased) variance [C] for the running statistics; those two carry no gradient.
 */
export function batchNormTraining(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  options: BatchNormOptions,
): { y: tf.Tensor4D; mean: tf.Tensor1D; variance: tf.Tensor1D } {
  const outputs = tf.engine().runKernel(kernelName, { x, scale, offset }, { ...options }) as unknown as tf.Tensor[];
  const [y, mean, variance] = outputs as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
  return { y, mean, variance };
}

/**
 * Outputs y, mean, variance, and three that only the gradient of the same engine reads: here mean and variance once more, and y again
 * as the gate of a ReLU, or nothing [0] where there is none, so that y need not outlive the forward pass.
 */
export const batchNormTrainingOp: Op = {
  kernelName,
  reference({ x, scale, offset }, attributes) {
    const { epsilon, relu } = attributes as unknown as BatchNormOptions;
    const { mean, variance } = tf.moments(x!, [0, 1, 2]);
    const normal = x!
      .sub(mean)
      .mul(tf.rsqrt(variance.add(epsilon)).mul(scale!))
      .add(offset!);
    const y = relu ? tf.relu(normal) : normal;
    return [y, mean, variance, mean.clone(), variance.clone(), relu ? y.clone() : tf.tensor1d([])];
  },
  gradient: {
    kernelName,
    inputsToSave: ['x', 'scale'],
    outputsToSave: [false, false, false, true, true, true],
    gradFunc(dy, saved, attributes) {
      const [x, scale, first, second, gate] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const dyOfY = (dy as tf.Tensor[])[0]!;
      const made = tf
        .engine()
        .runKernel(gradientName, { dy: dyOfY, x, scale, first, second, gate }, attributes as tf.NamedAttrMap) as unknown as tf.Tensor[];
      return { x: () => made[0]!, scale: () => made[1]!, offset: () => made[2]! };
    },
  },
};

/** The gradient with respect to x, scale and offset (the same paper, section 3). */
export const batchNormTrainingGradOp: Op = {
  kernelName: gradientName,
  reference({ dy, x, scale, first: mean, second: variance, gate }, attributes) {
    const { epsilon, relu } = attributes as unknown as BatchNormOptions;
    const flowing = relu ? dy!.mul(tf.step(gate!)) : dy!;
    const inverse = tf.rsqrt(variance!.add(epsilon));
    const normal = x!.sub(mean!).mul(inverse);
    const dOffset = flowing.sum([0, 1, 2]);
    const dScale = flowing.mul(normal).sum([0, 1, 2]);
    const count = x!.size / mean!.size;
    const dx = flowing
      .sub(dOffset.div(count))
      .sub(normal.mul(dScale.div(count)))
      .mul(inverse.mul(scale!));
    return [dx, dScale, dOffset];
  },
};
