import { sgdStep } from '../../../ops/sgd-step.js';
import { assign, type Parameter } from '../../models/parameters.js';
import { Moments } from './moments.js';
import type { Optimizer } from './optimizer.js';

export interface SgdOptions {
  readonly momentum: number;
  readonly weightDecay: number;
}

/** Stochastic gradient descent with momentum and L2 decay (`ops/sgd-step`). */
export function sgd({ momentum, weightDecay }: SgdOptions, parameters: readonly Parameter[]): Optimizer {
  const velocities = new Moments(parameters);
  let updates = 0;
  return {
    update(gradients, options) {
      for (const [index, { variable, decays }] of parameters.entries()) {
        const made = sgdStep(
          { parameter: variable, gradient: gradients[index]!, velocity: velocities.of(index) },
          { momentum, weightDecay: decays ? weightDecay : 0, ...options },
        );
        velocities.replace(index, made.velocity);
        assign(variable, made.parameter);
      }
      updates++;
    },
    state: () => ({ vectors: { velocity: velocities.flat() }, updates }),
    restore(vectors, made) {
      velocities.restore(vectors.velocity!);
      updates = made;
    },
    dispose: () => velocities.dispose(),
  };
}
