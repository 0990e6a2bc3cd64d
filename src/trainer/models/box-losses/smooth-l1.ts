import { z } from 'zod';
import { component } from '../../registry.js';
import { smoothL1 as distance } from '../losses.js';
import type { BoxLoss } from './box-loss.js';

/** Squares near zero, absolute values from `beta` on (Girshick, 2015, equation 3). */
export const smoothL1 = component({
  type: 'smooth_l1',
  options: z.strictObject({ beta: z.number().positive().default(1).describe('where the square ends') }),
  build:
    ({ beta }): BoxLoss =>
    (predicted, wanted, weights) =>
      distance(predicted, wanted, beta, weights),
});
