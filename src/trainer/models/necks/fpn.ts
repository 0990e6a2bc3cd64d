import { z } from 'zod';
import { addAlike } from '../../../ops/plain-sums.js';
import * as tf from '../../../tf.js';
import { component } from '../../registry.js';
import { conv } from '../layers.js';
import type { Neck, NeckPlace } from './neck.js';

const options = z.strictObject({
  channels: z.int().min(1),
  extra: z.enum(['pool', 'none']).default('pool').describe('one coarser map by subsampling the last one, for proposals alone; or none'),
});

/** A feature pyramid (Lin et al., 2017, section 3): lateral 1x1 convolutions, sums from the top down, 3x3 convolutions; and one coarser map by subsampling. */
export const fpn = component({
  type: 'fpn',
  options,
  build({ channels, extra }, { backbone, ...building }: NeckPlace): Neck {
    const unit = { deviation: Math.sqrt(1 / channels), bias: 0 };
    const laterals = backbone.channels.map((from, level) =>
      conv(building, `neck.lateral${level + 1}`, { from, to: channels, size: 1 }, unit),
    );
    const deviation = Math.sqrt(1 / (9 * channels));
    const outputs = backbone.channels.map((_, level) =>
      conv(building, `neck.output${level + 1}`, { from: channels, to: channels, size: 3 }, { deviation, bias: 0 }),
    );
    return {
      channels,
      strides: extra === 'pool' ? [...backbone.strides, backbone.strides.at(-1)! * 2] : backbone.strides,
      regionLevels: backbone.strides.length,
      forward(maps, pass) {
        const merged: tf.Tensor4D[] = [];
        for (let level = maps.length - 1; level >= 0; level--) {
          const above = merged[0];
          merged.unshift(
            tf.tidy(() => {
              const lateral = laterals[level]!.forward(maps[level]!, pass);
              const [, height, width] = lateral.shape;
              return above ? addAlike(lateral, tf.image.resizeNearestNeighbor(above, [height, width])) : lateral;
            }),
          );
        }
        const made = merged.map((map, level) => outputs[level]!.forward(map, pass));
        return extra === 'pool' ? [...made, tf.maxPool(made.at(-1)!, 1, 2, 'same')] : made;
      },
    };
  },
});
