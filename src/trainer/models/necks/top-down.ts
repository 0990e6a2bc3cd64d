import { z } from 'zod';
import { addAlike } from '../../../ops/plain-sums.js';
import * as tf from '../../../tf.js';
import { component } from '../../registry.js';
import { convNormRelu } from '../layers.js';
import { norms, usualNorm } from '../norms/index.js';
import type { Neck, NeckPlace } from './neck.js';

/**
 * The top-down path of a feature pyramid (Lin et al., 2017, figure 3), of which only the finest map is kept: coarse maps bring
 * context for large objects, and one level serves small sets of pictures whose objects differ less in size than COCO's.
 */
export const topDown = component({
  type: 'top_down',
  options: z.strictObject({ channels: z.int().min(1), norm: norms.slot.default(usualNorm) }),
  build({ channels, norm }, { backbone, ...building }: NeckPlace): Neck {
    const laterals = backbone.channels.map((from, index) =>
      convNormRelu(building, `neck.lateral${index + 1}`, { from, to: channels, size: 1 }, norm),
    );
    const smooth = convNormRelu(building, 'neck.smooth', { from: channels, to: channels, size: 3 }, norm);
    return {
      channels,
      strides: backbone.strides.slice(0, 1),
      regionLevels: 1,
      forward(maps, pass) {
        let x: tf.Tensor4D | undefined;
        for (let level = maps.length - 1; level >= 0; level--) {
          const above = x;
          x = tf.tidy(() => {
            const lateral = laterals[level]!.forward(maps[level]!, pass);
            const [, height, width] = lateral.shape;
            return above ? addAlike(lateral, tf.image.resizeNearestNeighbor(above, [height, width])) : lateral;
          });
        }
        return [smooth.forward(x!, pass)];
      },
    };
  },
});
