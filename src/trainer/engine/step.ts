import { vectorNorm } from '../../ops/vector-norm.js';
import * as tf from '../../tf.js';
import type { Batch } from '../contracts.js';
import type { StepReport } from '../hooks/run.js';
import type { Detector } from '../models/detector.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { Random } from '../random.js';
import { valueAndGradients } from './gradients.js';

export interface StepOptions {
  readonly learningRate: number;
  /** Largest norm of the whole gradient; a longer one is scaled down to it. */
  readonly clip: number;
}

/** How a batch changes the weights of a detector. */
export class Trainer {
  readonly #detector: Detector;
  readonly #optimizer: Optimizer;

  constructor(detector: Detector, optimizer: Optimizer) {
    this.#detector = detector;
    this.#optimizer = optimizer;
  }

  /** Loss, gradient, clipping, update. A loss that is not finite changes nothing and is reported as it is. */
  async step(batch: Batch, random: Random, { learningRate, clip }: StepOptions): Promise<StepReport> {
    const variables = this.#detector.parameters.trainable.map(({ variable }) => variable);
    const terms: Record<string, tf.Scalar> = {};
    const { value, gradients: made } = valueAndGradients(() => {
      const losses = this.#detector.losses(batch, random);
      for (const [name, term] of Object.entries(losses)) terms[name] = tf.keep(term.clone());
      return tf.addN(Object.values(losses)) as tf.Scalar;
    }, variables);
    const gradients = variables.map((variable, index) => made[index] ?? tf.zerosLike(variable));
    const norms = tf.tidy(() => tf.concat1d(gradients.map((gradient) => tf.reshape(vectorNorm(gradient), [1]) as tf.Tensor1D)));
    // All that is read was computed or queued by now: one wait for a device, not one for each number.
    const gradientNorm = Math.hypot(...(await norms.data()));
    const loss = (await value.data())[0]!;
    tf.dispose([norms, value]);
    const losses: Record<string, number> = {};
    for (const [name, term] of Object.entries(terms)) {
      losses[name] = (await term.data())[0]!;
      term.dispose();
    }
    if (Number.isFinite(loss) && Number.isFinite(gradientNorm))
      this.#optimizer.update(gradients, { learningRate, scale: Math.min(1, clip / gradientNorm) });
    tf.dispose(gradients);
    return { losses, loss, gradientNorm };
  }

  dispose(): void {
    this.#optimizer.dispose();
  }
}
