import { sgdStep } from '../../../ops/sgd-step.js';
import * as tf from '../../../tf.js';
import type { Optimizer } from './optimizer.js';

export interface SgdOptions {
  readonly momentum: number;
  readonly weightDecay: number;
}

/** Stochastic gradient descent with momentum and L2 decay (`ops/sgd-step`). `decays` [n] says which parameters decay; it is kept. */
export function sgd({ momentum, weightDecay }: SgdOptions, decays: tf.Tensor1D): Optimizer {
  let velocity = tf.keep(tf.zerosLike(decays));
  let updates = 0;
  return {
    propose(parameters, gradient, options) {
      const made = sgdStep({ parameters, gradient, velocity, decays }, { momentum, weightDecay, ...options });
      return {
        gradientNorm: made.gradientNorm,
        accept() {
          updates++;
          velocity.dispose();
          velocity = tf.keep(made.velocity);
          return tf.keep(made.parameters);
        },
        discard: () => tf.dispose([made.parameters, made.velocity]),
      };
    },
    state: () => ({ vectors: { velocity }, updates }),
    restore(vectors, made) {
      velocity.dispose();
      velocity = tf.keep(tf.tensor1d(vectors.velocity!.slice()));
      updates = made;
    },
    dispose() {
      velocity.dispose();
      decays.dispose();
    },
  };
}
