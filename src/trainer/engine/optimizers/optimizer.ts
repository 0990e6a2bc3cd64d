import type * as tf from '../../../tf.js';

/** Updates a flat vector of parameters [n]; its state is vectors of the same length and a count. */
export interface Optimizer {
  /** The new parameters after one step against `gradient`, both [n]; the caller disposes all three. */
  update(parameters: tf.Tensor1D, gradient: tf.Tensor1D, learningRate: number): tf.Tensor1D;
  /** What a resumed run needs: named vectors [n], and how many updates were made. */
  state(): { readonly vectors: Readonly<Record<string, tf.Tensor1D>>; readonly updates: number };
  restore(vectors: Readonly<Record<string, Float32Array>>, updates: number): void;
  dispose(): void;
}
