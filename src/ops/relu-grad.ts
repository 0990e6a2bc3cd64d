import * as tf from '../tf.js';
import type { Op } from './op.js';

const kernelName = 'ReluGrad';

/** The gradient of a ReLU by what came out of it: dy where y is above 0, else 0; both of one shape, which the result has too. */
export const reluGradOp: Op = {
  kernelName,
  reference: ({ dy, y }) => [tf.mul(dy!, tf.step(y!))],
  gradient: {
    kernelName,
    inputsToSave: ['y'],
    gradFunc: (ddx, [y]) => ({ dy: () => reluGrad(ddx as tf.Tensor, y!), y: () => tf.zerosLike(y!) }),
  },
  /**
   * One pass in place of a step, a cast and a product. It keeps what the ReLU gave and not what it was given, so that the sum or
   * norm before it need not outlive the forward pass.
   */
  betterGradient: {
    kernelName: 'Relu',
    outputsToSave: [true],
    gradFunc(dy, [y]) {
      const flowing = dy as tf.Tensor;
      // Gradients are registered for all backends, also for those that were never given our ops.
      const here = tf.getKernel(kernelName, tf.getBackend()) !== undefined;
      return { x: () => (here ? reluGrad(flowing, y!) : tf.mul(flowing, tf.cast(tf.step(y!), 'float32'))) };
    },
  },
};

function reluGrad(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return tf.engine().runKernel(kernelName, { dy, y }) as unknown as tf.Tensor;
}
