import { blend } from '../../ops/blend.js';
import * as tf from '../../tf.js';
import { assign, type Parameter, sizeOf } from '../models/parameters.js';
import { flatten } from '../optimizers/flat.js';

/**
 * The exponential moving average of the weights, which is what is evaluated and used: with few iterations it is better than the
 * weights of any one of them (Polyak and Juditsky, 1992). The decay grows from 0 so that the random start is soon forgotten.
 */
export class Averaging {
  readonly #parameters: readonly Parameter[];
  readonly #decay: number;
  readonly #average: tf.Tensor[];

  constructor(parameters: readonly Parameter[], decay: number) {
    this.#parameters = parameters;
    this.#decay = decay;
    this.#average = parameters.map(({ variable }) => tf.keep(variable.clone()));
  }

  /** Takes the weights in as they are after `updates` updates. */
  include(updates: number): void {
    const decay = Math.min(this.#decay, (1 + updates) / (10 + updates));
    for (const [index, { variable }] of this.#parameters.entries()) this.#replace(index, blend(this.#average[index]!, variable, 1 - decay));
  }

  /** Runs `use` with the averaged weights in the model, and puts the trained ones back whatever happens. */
  async during<T>(use: () => Promise<T>): Promise<T> {
    const trained = this.#parameters.map(({ variable }) => tf.keep(variable.clone()));
    for (const [index, { variable }] of this.#parameters.entries()) variable.assign(this.#average[index]!);
    try {
      return await use();
    } finally {
      for (const [index, { variable }] of this.#parameters.entries()) assign(variable, trained[index]!);
    }
  }

  /** All end to end [n]; the caller's. */
  flat(): tf.Tensor1D {
    return flatten(this.#average);
  }

  restore(values: Float32Array): void {
    let at = 0;
    for (const [index, { shape }] of this.#parameters.entries()) {
      this.#replace(index, tf.tensor(values.slice(at, at + sizeOf(shape)), [...shape], 'float32'));
      at += sizeOf(shape);
    }
  }

  dispose(): void {
    tf.dispose(this.#average);
  }

  #replace(index: number, by: tf.Tensor): void {
    this.#average[index]!.dispose();
    this.#average[index] = tf.keep(by);
  }
}
