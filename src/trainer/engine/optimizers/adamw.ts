import { adamWStep } from '../../../ops/adamw-step.js';
import { assign, type Parameter } from '../../models/parameters.js';
import { Moments } from './moments.js';
import type { Optimizer } from './optimizer.js';

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** Adam with decoupled weight decay (`ops/adamw-step`). */
export function adamW({ beta1, beta2, epsilon, weightDecay }: AdamWOptions, parameters: readonly Parameter[]): Optimizer {
  const [firsts, seconds] = [new Moments(parameters), new Moments(parameters)];
  let updates = 0;
  return {
    update(gradients, options) {
      updates++;
      for (const [index, { variable, decays }] of parameters.entries()) {
        const made = adamWStep(
          { parameter: variable, gradient: gradients[index]!, first: firsts.of(index), second: seconds.of(index) },
          { beta1, beta2, epsilon, weightDecay: decays ? weightDecay : 0, ...options, update: updates },
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
