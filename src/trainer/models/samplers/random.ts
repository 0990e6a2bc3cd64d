import { z } from 'zod';
import { component } from '../../registry.js';
import { candidates } from './candidates.js';
import { draw } from './draw.js';
import type { Sampler } from './sampler.js';

/** At random, every box alike, as torchvision and mmdetection draw (Girshick, 2015, section 2.3). */
export const random = component({
  type: 'random',
  options: z.strictObject({}),
  build: (): Sampler => ({
    draw(assigned, { samples, positiveFraction }, stream) {
      const { byObject, negatives } = candidates(assigned);
      const positives = draw(byObject.flat(), Math.floor(samples * positiveFraction), stream);
      return { positives, negatives: draw(negatives, samples - positives.length, stream) };
    },
  }),
});
