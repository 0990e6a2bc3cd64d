import { adamWStep } from '../../../ops/adamw-step.js';
import * as tf from '../../../tf.js';
import type { Optimizer } from './optimizer.js';

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** Adam with decoupled weight decay (`ops/adamw-step`). `decays` [n] says which parameters decay; it is kept. */
export function adamW({ beta1, beta2, epsilon, weightDecay }: AdamWOptions, decays: tf.Tensor1D): Optimizer {
  let first = tf.keep(tf.zerosLike(decays));
  let second = tf.keep(tf.zerosLike(decays));
  let updates = 0;
  return {
    propose(parameters, gradient, options) {
      const made = adamWStep(
        { parameters, gradient, first, second, decays },
        { beta1, beta2, epsilon, weightDecay, ...options, update: updates + 1 },
      );
      return {
        gradientNorm: made.gradientNorm,
        accept() {
          updates++;
          tf.dispose([first, second]);
          [first, second] = [tf.keep(made.first), tf.keep(made.second)];
          return tf.keep(made.parameters);
        },
        discard: () => tf.dispose([made.parameters, made.first, made.second]),
      };
    },
    state: () => ({ vectors: { first, second }, updates }),
    restore(vectors, made) {
      tf.dispose([first, second]);
      first = tf.keep(tf.tensor1d(vectors.first!.slice()));
      second = tf.keep(tf.tensor1d(vectors.second!.slice()));
      updates = made;
    },
    dispose: () => tf.dispose([first, second, decays]),
  };
}
