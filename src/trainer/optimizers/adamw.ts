import { z } from 'zod';
import { adamWStep } from '../../ops/adamw-step.js';
import { assign } from '../models/parameters.js';
import { component } from '../registry.js';
import { Moments } from './moments.js';
import { decaysSlot, type Optimizer, type OptimizerPlace } from './optimizer.js';

const options = z.strictObject({
  beta1: z.number().min(0).max(1),
  beta2: z.number().min(0).max(1),
  epsilon: z.number().positive(),
  weightDecay: z.number().min(0),
  decays: decaysSlot,
});

/** Adam with decoupled weight decay (`ops/adamw-step`). */
export function adamW(
  { beta1, beta2, epsilon, weightDecay, decays: which }: z.output<typeof options>,
  { trainable: parameters }: OptimizerPlace,
): Optimizer {
  const [firsts, seconds] = [new Moments(parameters), new Moments(parameters)];
  let updates = 0;
  return {
    update(gradients, options) {
      updates++;
      for (const [index, { variable, decays }] of parameters.entries()) {
        const made = adamWStep(
          { parameter: variable, gradient: gradients[index]!, first: firsts.of(index), second: seconds.of(index) },
          { beta1, beta2, epsilon, weightDecay: which === 'all' || decays ? weightDecay : 0, ...options, update: updates },
        );
        firsts.replace(index, made.first);
        seconds.replace(index, made.second);
        assign(variable, made.parameter);
      }
    },
    state: () => ({ vectors: { first: firsts.flat(), second: seconds.flat() }, updates }),
    restore(vectors, made) {
      firsts.restore(vectors.first!);
      seconds.restore(vectors.second!);
      updates = made;
    },
    dispose() {
      firsts.dispose();
      seconds.dispose();
    },
  };
}

export const adamWOptimizer = component({ type: 'adamw', options, build: adamW });
