import * as tf from '../../tf.js';
import { type Parameter, sizeOf } from '../models/parameters.js';
import { flatten } from './flat.js';

/** Tensors that an optimizer keeps beside each parameter, of its shape; zeros at first. */
export class Moments {
  readonly #shapes: readonly (readonly number[])[];
  readonly #tensors: tf.Tensor[];

  constructor(parameters: readonly Parameter[]) {
    this.#shapes = parameters.map(({ shape }) => shape);
    this.#tensors = parameters.map(({ variable }) => tf.keep(tf.zerosLike(variable)));
  }

  of(index: number): tf.Tensor {
    return this.#tensors[index]!;
  }

  replace(index: number, by: tf.Tensor): void {
    this.#tensors[index]!.dispose();
    this.#tensors[index] = tf.keep(by);
  }

  /** All end to end [n]; the caller's. */
  flat(): tf.Tensor1D {
    return flatten(this.#tensors);
  }

  restore(values: Float32Array): void {
    let at = 0;
    for (const [index, shape] of this.#shapes.entries()) {
      this.replace(index, tf.tensor(values.slice(at, at + sizeOf(shape)), [...shape], 'float32'));
      at += sizeOf(shape);
    }
  }

  dispose(): void {
    tf.dispose(this.#tensors);
  }
}
