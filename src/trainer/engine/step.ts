import * as tf from '../../tf.js';
import type { Batch } from '../contracts.js';
import type { StepReport } from '../hooks/run.js';
import type { Detector } from '../models/detector.js';
import type { Random } from '../random.js';
import { flatten, unflatten } from './flat.js';
import { valueAndGradients } from './gradients.js';
import type { Optimizer, UpdateOptions } from './optimizers/optimizer.js';

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
  async step(batch: Batch, random: Random, options: UpdateOptions): Promise<StepReport> {
    const terms: Record<string, tf.Scalar> = {};
    const { value, gradients } = valueAndGradients(() => {
      const losses = this.#detector.losses(batch, random);
      for (const [name, term] of Object.entries(losses)) terms[name] = tf.keep(term.clone());
      return tf.addN(Object.values(losses)) as tf.Scalar;
    }, this.#variables);
    const gradient = tf.tidy(() => flatten(this.#variables.map(({ shape }, index) => gradients[index] ?? tf.zeros(shape))));
    tf.dispose(gradients.filter((each) => each !== undefined));
    const update = this.#optimizer.propose(this.#weights, gradient, options);
    gradient.dispose();
    const [gradientNorm, loss] = [(await update.gradientNorm.data())[0]!, (await value.data())[0]!];
    tf.dispose([update.gradientNorm, value]);
    const losses: Record<string, number> = {};
    for (const [name, term] of Object.entries(terms)) {
      losses[name] = (await term.data())[0]!;
      term.dispose();
    }
    if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) {
      const before = this.#weights;
      this.#weights = update.accept();
      before.dispose();
      unflatten(this.#weights, this.#detector.parameters.trainable);
    } else {
      update.discard();
    }
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
