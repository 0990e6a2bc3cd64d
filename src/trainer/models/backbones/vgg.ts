import { z } from 'zod';
import * as tf from '../../../tf.js';
import { component } from '../../registry.js';
import type { Building } from '../building.js';
import { convRelu } from '../layers.js';
import type { Backbone } from './backbone.js';

/** Convolutions of each stage, and their channels (Simonyan and Zisserman, 2015, table 1, column D). */
const stagesOf = [
  [2, 64],
  [2, 128],
  [3, 256],
  [3, 512],
  [3, 512],
] as const;

/** VGG-16 without its classifier: the maps of conv3_3, conv4_3 and conv5_3, of stride 4, 8 and 16, as the networks before pyramids used them. */
export const vgg16 = component({
  type: 'vgg16',
  options: z.strictObject({
    trainableStages: z
      .int()
      .min(0)
      .max(5)
      .default(5)
      .describe('how many of the five stages are trained, from the last one back; the paper of Fast R-CNN trains 3'),
  }),
  build({ trainableStages }, building: Building): Backbone {
    let from = 3;
    const stages = stagesOf.map(([count, channels], stage) =>
      building.parameters.frozen(stage < 5 - trainableStages, () =>
        Array.from({ length: count }, (_, index) => {
          const made = convRelu(building, `backbone.stage${stage + 1}.conv${index + 1}`, { from, to: channels, size: 3 });
          from = channels;
          return made;
        }),
      ),
    );
    return {
      channels: [256, 512, 512],
      strides: [4, 8, 16],
      forward(pictures, pass) {
        let x = pictures;
        const maps = stages.map((layers, stage) => {
          x = tf.tidy(() => layers.reduce((map, layer) => layer.forward(map, pass), stage > 0 ? tf.maxPool(x, 2, 2, 'valid') : x));
          return x;
        });
        return maps.slice(2);
      },
    };
  },
});
