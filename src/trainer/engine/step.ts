import * as tf from '../../tf.js';
import type { Batch } from '../contracts.js';
import type { StepReport } from '../hooks/run.js';
import type { Detector } from '../models/detector.js';
import type { Random } from '../random.js';
import { flatten, unflatten } from './flat.js';
import type { Optimizer } from './optimizers/optimizer.js';

export interface StepOptions {
  readonly learningRate: number;
  /** Largest norm of the whole gradient. */
  readonly clip: number;
}

/** The weights of a detector as one vector, and how a batch changes them. */
export class Trainer {
  readonly #detector: Detector;
  readonly #optimizer: Optimizer;
  #weights: tf.Tensor1D;

  constructor(detector: Detector, optimizer: Optimizer) {
    this.#detector = detector;
    this.#optimizer = optimizer;
    this.#weights = tf.keep(flatten(this.#variables));
  }

  /** [n], owned by the trainer. */
  get weights(): tf.Tensor1D {
    return this.#weights;
  }

  /** Loss, gradient, clipping, update. A loss that is not finite changes nothing and is reported as it is. */
  async step(batch: Batch, random: Random, { learningRate, clip }: StepOptions): Promise<StepReport> {
    const terms: Record<string, tf.Scalar> = {};
    const { value, grads } = tf.variableGrads(() => {
      const losses = this.#detector.losses(batch, random);
      for (const [name, term] of Object.entries(losses)) terms[name] = tf.keep(term.clone());
      return tf.addN(Object.values(losses)) as tf.Scalar;
    }, this.#variables as tf.Variable[]);
    const gradient = flatten(this.#variables.map(({ name, shape }) => grads[name] ?? tf.zeros(shape)));
    const norm = tf.norm(gradient) as tf.Scalar;
    const [gradientNorm, loss] = [(await norm.data())[0]!, (await value.data())[0]!];
    const losses: Record<string, number> = {};
    for (const [name, term] of Object.entries(terms)) {
      losses[name] = (await term.data())[0]!;
      term.dispose();
    }
    if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) {
      const clipped = gradientNorm > clip ? (tf.mul(gradient, clip / gradientNorm) as tf.Tensor1D) : gradient;
      const before = this.#weights;
      this.#weights = tf.keep(this.#optimizer.update(before, clipped, learningRate));
      before.dispose();
      if (clipped !== gradient) clipped.dispose();
      unflatten(this.#weights, this.#detector.parameters.trainable);
    }
    for (const tensor of [gradient, norm, value, ...Object.values(grads)]) tensor.dispose();
    return { losses, loss, gradientNorm };
  }

  /** After the detector's variables were loaded from a checkpoint. */
  reload(): void {
    this.#weights.dispose();
    this.#weights = tf.keep(flatten(this.#variables));
  }

  dispose(): void {
    this.#weights.dispose();
    this.#optimizer.dispose();
  }

  get #variables(): readonly tf.Variable[] {
    return this.#detector.parameters.trainable.map(({ variable }) => variable);
  }
}
