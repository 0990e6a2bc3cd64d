import * as tf from '../../../tf.js';
import type { Optimizer } from './optimizer.js';

export interface SgdOptions {
  readonly momentum: number;
  readonly weightDecay: number;
}

/** Stochastic gradient descent with momentum and L2 decay, in the form of PyTorch and Caffe2: v = m v + g, p = p - lr v. `decays` [n] is kept. */
export function sgd({ momentum, weightDecay }: SgdOptions, decays: tf.Tensor1D): Optimizer {
  let velocity = tf.keep(tf.zerosLike(decays));
  let updates = 0;
  return {
    update(parameters, gradient, learningRate) {
      updates++;
      const before = velocity;
      const [result, v] = tf.tidy(() => {
        const decayed = tf.add(gradient, tf.mul(tf.mul(parameters, decays), weightDecay));
        const v = tf.add(tf.mul(velocity, momentum), decayed) as tf.Tensor1D;
        return [tf.sub(parameters, tf.mul(v, learningRate)) as tf.Tensor1D, v];
      }) as [tf.Tensor1D, tf.Tensor1D];
      velocity = tf.keep(v);
      before.dispose();
      return result;
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
