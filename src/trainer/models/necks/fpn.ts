import { addAlike } from '../../../ops/plain-sums.js';
import * as tf from '../../../tf.js';
import type { Backbone } from '../backbones/backbone.js';
import { conv } from '../layers.js';
import type { Parameters } from '../parameters.js';
import type { Neck } from './neck.js';

/** A feature pyramid (Lin et al., 2017, section 3): lateral 1x1 convolutions, sums from the top down, 3x3 convolutions; and one coarser map by subsampling. */
export function fpn(parameters: Parameters, backbone: Pick<Backbone, 'channels' | 'strides'>, channels: number): Neck {
  const unit = { deviation: Math.sqrt(1 / channels), bias: 0 };
  const laterals = backbone.channels.map((from, level) =>
    conv(parameters, `neck.lateral${level + 1}`, { from, to: channels, size: 1 }, unit),
  );
  const outputs = backbone.channels.map((_, level) =>
    conv(
      parameters,
      `neck.output${level + 1}`,
      { from: channels, to: channels, size: 3 },
      { deviation: Math.sqrt(1 / (9 * channels)), bias: 0 },
    ),
  );
  return {
    channels,
    strides: [...backbone.strides, backbone.strides.at(-1)! * 2],
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
      return [...made, tf.maxPool(made.at(-1)!, 1, 2, 'same')];
    },
  };
}
