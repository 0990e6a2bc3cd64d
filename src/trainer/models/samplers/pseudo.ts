import { z } from 'zod';
import { component } from '../../registry.js';
import { candidates } from './candidates.js';
import type { Sampler } from './sampler.js';

/** Draws nothing: the losses see every box that is not ignored, whatever the number asked for. */
export const pseudo = component({
  type: 'pseudo',
  options: z.strictObject({}),
  build: (): Sampler => ({
    draw(assigned) {
      const { byObject, negatives } = candidates(assigned);
      return { positives: byObject.flat(), negatives };
    },
  }),
});
