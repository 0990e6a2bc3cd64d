import * as tf from '../../../tf.js';
import type { Optimizer } from './optimizer.js';

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** Adam with decoupled weight decay (Loshchilov and Hutter, 2019, algorithm 2). `decays` [n] says which parameters decay; it is kept. */
export function adamW({ beta1, beta2, epsilon, weightDecay }: AdamWOptions, decays: tf.Tensor1D): Optimizer {
  let first = tf.keep(tf.zerosLike(decays));
  let second = tf.keep(tf.zerosLike(decays));
  let updates = 0;
  return {
    update(parameters, gradient, learningRate) {
      updates++;
      const before = [first, second];
      const [result, m, v] = tf.tidy(() => {
        const m = tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)) as tf.Tensor1D;
        const v = tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)) as tf.Tensor1D;
        const step = learningRate / (1 - beta1 ** updates);
        const root = tf.add(tf.sqrt(tf.mul(v, 1 / (1 - beta2 ** updates))), epsilon);
        const moved = tf.sub(parameters, tf.mul(tf.div(m, root), step));
        const decayed = tf.mul(tf.mul(parameters, decays), learningRate * weightDecay);
        return [tf.sub(moved, decayed) as tf.Tensor1D, m, v];
      }) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
      [first, second] = [tf.keep(m), tf.keep(v)];
      for (const old of before) old.dispose();
      return result;
    },
    state: () => ({ vectors: { first, second }, updates }),
    restore(vectors, made) {
      first.dispose();
      second.dispose();
      first = tf.keep(tf.tensor1d(vectors.first!.slice()));
      second = tf.keep(tf.tensor1d(vectors.second!.slice()));
      updates = made;
    },
    dispose() {
      for (const vector of [first, second, decays]) vector.dispose();
    },
  };
}
