import { z } from 'zod';
import { sgdStep } from '../../ops/sgd-step.js';
import { assign } from '../models/parameters.js';
import { component } from '../registry.js';
import { Moments } from './moments.js';
import { decaysSlot, type Optimizer, type OptimizerPlace } from './optimizer.js';

const options = z.strictObject({
  momentum: z.number().min(0).max(1),
  weightDecay: z.number().min(0),
  decays: decaysSlot,
});

/** Stochastic gradient descent with momentum and L2 decay (`ops/sgd-step`). */
export function sgd(
  { momentum, weightDecay, decays: which }: z.output<typeof options>,
  { trainable: parameters }: OptimizerPlace,
): Optimizer {
  const velocities = new Moments(parameters);
  let updates = 0;
  return {
    update(gradients, options) {
      for (const [index, { variable, decays }] of parameters.entries()) {
        const made = sgdStep(
          { parameter: variable, gradient: gradients[index]!, velocity: velocities.of(index) },
          { momentum, weightDecay: which === 'all' || decays ? weightDecay : 0, ...options },
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

export const sgdOptimizer = component({ type: 'sgd', options, build: sgd });
