import { addAlike } from '../../../ops/plain-sums.js';
import * as tf from '../../../tf.js';
import type { Backbone } from '../backbones/backbone.js';
import { convNormRelu } from '../layers.js';
import type { Parameters } from '../parameters.js';
import type { Neck } from './neck.js';

/**
 * The top-down path of a feature pyramid (Lin et al., 2017, figure 3), of which only the finest map is kept: coarse maps bring
 * context for large objects, and one level serves small sets of pictures whose objects differ less in size than COCO's.
 */
export function topDown(parameters: Parameters, backbone: Pick<Backbone, 'channels' | 'strides'>, channels: number): Neck {
  const laterals = backbone.channels.map((count, index) =>
    convNormRelu(parameters, `neck.lateral${index + 1}`, { from: count, to: channels, size: 1 }),
  );
  const smooth = convNormRelu(parameters, 'neck.smooth', { from: channels, to: channels, size: 3 });
  return {
    channels,
    strides: backbone.strides.slice(0, 1),
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
}
