import type * as tf from '../../../tf.js';

/** Updates a flat vector of parameters [n]; its state is vectors of the same length and a count. */
export interface Optimizer {
  /** One step against `gradient`, computed and not yet taken; the caller keeps and disposes `parameters` and `gradient`, both [n]. */
  propose(parameters: tf.Tensor1D, gradient: tf.Tensor1D, options: UpdateOptions): Update;
  /** What a resumed run needs: named vectors [n], and how many updates were made. */
  state(): { readonly vectors: Readonly<Record<string, tf.Tensor1D>>; readonly updates: number };
  restore(vectors: Readonly<Record<string, Float32Array>>, updates: number): void;
  dispose(): void;
}

export interface UpdateOptions {
  readonly learningRate: number;
  /** Largest norm of the whole gradient. */
  readonly clip: number;
}

/** A step that waits for word whether its loss was a number; one of the two must be called, once. Everything is queued before anything is waited for. */
export interface Update {
  /** Of the gradient before it was clipped; the caller disposes it. */
  readonly gradientNorm: tf.Scalar;
  /** Takes the step: the new parameters [n], kept, which are the caller's. */
  accept(): tf.Tensor1D;
  /** Forgets it: the optimizer's state stays as it was. */
  discard(): void;
}
