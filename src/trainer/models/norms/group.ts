import { z } from 'zod';
import * as tf from '../../../tf.js';
import { component } from '../../registry.js';
import type { Norm, NormPlace } from './norm.js';

/** Group norm (Wu and He, 2018): the statistics of groups of channels of one picture, the same in training and in use. */
export const group = component({
  type: 'group',
  options: z.strictObject({
    groups: z.int().min(1).default(32).describe('at most; fewer where the channels are not a multiple of it'),
    epsilon: z.number().min(0).default(1e-5),
  }),
  build({ groups: most, epsilon }, { parameters, name, channels }: NormPlace): Norm {
    const scale = parameters.weight(`${name}.norm.weight`, [channels], { kind: 'constant', value: 1 });
    const offset = parameters.weight(`${name}.norm.bias`, [channels], { kind: 'constant', value: 0 });
    const groups = divisor(channels, most);
    return {
      affine: () => undefined,
      forward: (x, relu) =>
        tf.tidy(() => {
          const [pictures, height, width] = x.shape;
          const grouped = tf.reshape(x, [pictures, height * width, groups, channels / groups]);
          const { mean, variance } = tf.moments(grouped, [1, 3], true);
          const normal = tf.reshape(tf.mul(tf.sub(grouped, mean), tf.rsqrt(tf.add(variance, epsilon))), x.shape);
          const made = tf.add(tf.mul(normal, scale), offset) as tf.Tensor4D;
          return relu ? tf.relu(made) : made;
        }),
    };
  },
});

/** The largest divisor of `channels` up to `most`. */
function divisor(channels: number, most: number): number {
  let groups = Math.min(most, channels);
  while (channels % groups !== 0) groups--;
  return groups;
}
