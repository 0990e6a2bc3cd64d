import { z } from 'zod';
import { batchNormTraining } from '../../../ops/batch-norm.js';
import * as tf from '../../../tf.js';
import { component } from '../../registry.js';
import type { Norm, NormPlace } from './norm.js';

const options = z.strictObject({
  momentum: z.number().min(0).max(1).default(0.05).describe('how much of a running statistic each batch replaces'),
  epsilon: z.number().min(0).default(1e-5),
  unbiased: z.boolean().default(false).describe('running variances are of n - 1 values, as PyTorch keeps them'),
});

/** Batch norm (Ioffe and Szegedy, 2015): the statistics of this very batch in training, running ones in use. */
export function batchNorm({ momentum, epsilon, unbiased }: z.output<typeof options>, { parameters, name, channels }: NormPlace): Norm {
  const scale = parameters.weight(`${name}.norm.weight`, [channels], { kind: 'constant', value: 1 }) as tf.Variable<tf.Rank.R1>;
  const offset = parameters.weight(`${name}.norm.bias`, [channels], { kind: 'constant', value: 0 }) as tf.Variable<tf.Rank.R1>;
  const mean = parameters.statistic(`${name}.norm.running_mean`, [channels], 0) as tf.Variable<tf.Rank.R1>;
  const variance = parameters.statistic(`${name}.norm.running_var`, [channels], 1) as tf.Variable<tf.Rank.R1>;
  const blend = (running: tf.Variable<tf.Rank.R1>, now: tf.Tensor1D, factor: number) =>
    running.assign(tf.tidy(() => tf.add(tf.mul(running, 1 - momentum), tf.mul(now, momentum * factor)) as tf.Tensor1D));
  return {
    affine({ training }) {
      if (training) return undefined;
      const gain = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon))) as tf.Tensor1D;
      return { gain, shift: tf.sub(offset, tf.mul(mean, gain)) as tf.Tensor1D };
    },
    forward(x, relu) {
      const made = batchNormTraining(x, scale, offset, { epsilon, relu });
      const values = x.size / channels;
      blend(mean, made.mean, 1);
      blend(variance, made.variance, unbiased && values > 1 ? values / (values - 1) : 1);
      return made.y;
    },
  };
}

export const batch = component({ type: 'batch', options, build: batchNorm });

/** Statistics over all devices; on one device that is batch norm, and one device is what there is. */
export const synchronised = component({ type: 'synchronised', options, build: batchNorm });
