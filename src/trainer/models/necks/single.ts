import { z } from 'zod';
import { component } from '../../registry.js';
import type { Neck, NeckPlace } from './neck.js';

/** The backbone's last map as it is: Faster R-CNN before pyramids (Ren et al., 2015). */
export const single = component({
  type: 'single',
  options: z.strictObject({}),
  build: (_, { backbone }: NeckPlace): Neck => ({
    channels: backbone.channels.at(-1)!,
    strides: backbone.strides.slice(-1),
    regionLevels: 1,
    forward: (maps) => maps.slice(-1),
  }),
});
