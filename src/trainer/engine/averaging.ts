import * as tf from '../../tf.js';
import type { Parameter } from '../models/parameters.js';
import { flatten, unflatten } from './flat.js';

/**
 * The exponential moving average of the weights, which is what is evaluated and used: with few iterations it is better than the
 * weights of any one of them (Polyak and Juditsky, 1992). The decay grows from 0 so that the random start is soon forgotten.
 */
export class Averaging {
  readonly #parameters: readonly Parameter[];
  readonly #decay: number;
  #average: tf.Tensor1D;

  constructor(parameters: readonly Parameter[], decay: number) {
    this.#parameters = parameters;
    this.#decay = decay;
    this.#average = tf.keep(flatten(parameters.map(({ variable }) => variable)));
  }

  /** Takes the weights [n] after `updates` updates in. */
  include(weights: tf.Tensor1D, updates: number): void {
    const decay = Math.min(this.#decay, (1 + updates) / (10 + updates));
    const before = this.#average;
    this.#average = tf.keep(tf.tidy(() => tf.add(tf.mul(before, decay), tf.mul(weights, 1 - decay)) as tf.Tensor1D));
    before.dispose();
  }

  /** Runs `use` with the averaged weights in the model, and puts the trained ones back whatever happens. */
  async during<T>(use: () => Promise<T>): Promise<T> {
    const trained = flatten(this.#parameters.map(({ variable }) => variable));
    unflatten(this.#average, this.#parameters);
    try {
      return await use();
    } finally {
      unflatten(trained, this.#parameters);
      trained.dispose();
    }
  }

  get vector(): tf.Tensor1D {
    return this.#average;
  }

  restore(values: Float32Array): void {
    this.#average.dispose();
    this.#average = tf.keep(tf.tensor1d(values.slice()));
  }

  dispose(): void {
    this.#average.dispose();
  }
}
