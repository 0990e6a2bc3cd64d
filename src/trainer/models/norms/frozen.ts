import { z } from 'zod';
import * as tf from '../../../tf.js';
import { component } from '../../registry.js';
import type { Norm, NormPlace } from './norm.js';

/** Batch norm whose four numbers per channel come with the weights and never change: what detectors with few pictures in a batch train with. */
export const frozen = component({
  type: 'frozen',
  options: z.strictObject({ epsilon: z.number().min(0).default(1e-5) }),
  build({ epsilon }, { parameters, name, channels }: NormPlace): Norm {
    const kept = (part: string, value: number) =>
      parameters.statistic(`${name}.norm.${part}`, [channels], value) as tf.Variable<tf.Rank.R1>;
    const [scale, offset] = [kept('weight', 1), kept('bias', 0)];
    const [mean, variance] = [kept('running_mean', 0), kept('running_var', 1)];
    return {
      affine() {
        const gain = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon))) as tf.Tensor1D;
        return { gain, shift: tf.sub(offset, tf.mul(mean, gain)) as tf.Tensor1D };
      },
      forward() {
        throw new TypeError('a frozen norm is a part of its convolution');
      },
    };
  },
});
