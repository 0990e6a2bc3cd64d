import { batchNormTraining } from '../../ops/batch-norm.js';
import { addBias } from '../../ops/plain-sums.js';
import * as tf from '../../tf.js';
import type { Initial, Parameters } from './parameters.js';

const epsilon = 1e-5;
/** How much of a running statistic each batch replaces. */
const momentum = 0.05;

/** Whether a forward pass is one of training (batch statistics, gradients) or of use (running statistics). */
export interface Pass {
  readonly training: boolean;
}

export interface Layer {
  /** [B, H, W, C] to [B, H', W', C'] */
  forward(x: tf.Tensor4D, pass: Pass): tf.Tensor4D;
}

export interface ConvOptions {
  readonly from: number;
  readonly to: number;
  readonly size: number;
  readonly stride?: number;
  readonly relu?: boolean;
}

/** Convolution without bias, batch norm, ReLU: the unit that backbone and necks are made of. */
export function convNormRelu(parameters: Parameters, name: string, { from, to, size, stride = 1, relu = true }: ConvOptions): Layer {
  const filter = parameters.weight(`${name}.conv.weight`, [size, size, from, to], { kind: 'fan-in', gain: 2 }) as tf.Variable<tf.Rank.R4>;
  const scale = parameters.weight(`${name}.norm.weight`, [to], { kind: 'constant', value: 1 }) as tf.Variable<tf.Rank.R1>;
  const offset = parameters.weight(`${name}.norm.bias`, [to], { kind: 'constant', value: 0 }) as tf.Variable<tf.Rank.R1>;
  const mean = parameters.statistic(`${name}.norm.running_mean`, [to], 0) as tf.Variable<tf.Rank.R1>;
  const variance = parameters.statistic(`${name}.norm.running_var`, [to], 1) as tf.Variable<tf.Rank.R1>;
  return {
    forward: (x, { training }) =>
      tf.tidy(() => {
        if (training) {
          const made = batchNormTraining(tf.conv2d(x, filter, stride, 'same'), scale, offset, { epsilon, relu });
          blend(mean, made.mean);
          blend(variance, made.variance);
          return made.y;
        }
        // In use the norm is a part of the convolution: one op in place of three.
        const gain = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon))) as tf.Tensor1D;
        const convolved = tf.conv2d(x, tf.mul(filter, gain) as tf.Tensor4D, stride, 'same');
        const shifted = addBias(convolved, tf.sub(offset, tf.mul(mean, gain)));
        return relu ? tf.relu(shifted) : shifted;
      }),
  };
}

function blend(running: tf.Variable<tf.Rank.R1>, now: tf.Tensor1D): void {
  running.assign(tf.tidy(() => tf.add(tf.mul(running, 1 - momentum), tf.mul(now, momentum)) as tf.Tensor1D));
}

/** Convolution with bias and without norm, for a head's last layer. */
export function conv(
  parameters: Parameters,
  name: string,
  { from, to, size }: ConvOptions,
  { deviation, bias }: { readonly deviation: number; readonly bias: number | Float32Array },
): Layer {
  const filter = parameters.weight(`${name}.weight`, [size, size, from, to], { kind: 'normal', deviation }) as tf.Variable<tf.Rank.R4>;
  const start: Initial = typeof bias === 'number' ? { kind: 'constant', value: bias } : { kind: 'values', values: bias };
  const offset = parameters.weight(`${name}.bias`, [to], start);
  return { forward: (x) => tf.tidy(() => addBias(tf.conv2d(x, filter, 1, 'same'), offset)) };
}

/** Convolution with bias, then ReLU. */
export function convRelu(parameters: Parameters, name: string, options: ConvOptions): Layer {
  const deviation = Math.sqrt(2 / (options.size * options.size * options.from));
  const layer = conv(parameters, name, options, { deviation, bias: 0 });
  return { forward: (x, pass) => tf.tidy(() => tf.relu(layer.forward(x, pass))) };
}

/** A fully connected layer, [N, I] to [N, O]. */
export function dense(
  parameters: Parameters,
  name: string,
  { from, to }: { readonly from: number; readonly to: number },
  initial: Initial,
): { forward(x: tf.Tensor2D): tf.Tensor2D } {
  const matrix = parameters.weight(`${name}.weight`, [from, to], initial) as tf.Variable<tf.Rank.R2>;
  const offset = parameters.weight(`${name}.bias`, [to], { kind: 'constant', value: 0 });
  return { forward: (x) => tf.tidy(() => addBias(tf.matMul(x, matrix) as tf.Tensor2D, offset)) };
}

/** A fully connected layer, then ReLU. */
export function denseRelu(
  parameters: Parameters,
  name: string,
  sizes: { readonly from: number; readonly to: number },
): { forward(x: tf.Tensor2D): tf.Tensor2D } {
  const layer = dense(parameters, name, sizes, { kind: 'fan-in', gain: 2 });
  return { forward: (x) => tf.tidy(() => tf.relu(layer.forward(x))) };
}

/**
 * A fully connected layer, layer norm (Ba et al., 2016), ReLU. Without the norm a matrix with thousands of inputs is thrown about by
 * the learning rate that suits the convolutions; batch norm would see another mix of objects and background in use than in training.
 */
export function denseNormRelu(
  parameters: Parameters,
  name: string,
  { from, to }: { readonly from: number; readonly to: number },
): { forward(x: tf.Tensor2D): tf.Tensor2D } {
  const matrix = parameters.weight(`${name}.weight`, [from, to], { kind: 'fan-in', gain: 1 }) as tf.Variable<tf.Rank.R2>;
  const scale = parameters.weight(`${name}.norm.weight`, [to], { kind: 'constant', value: 1 });
  const offset = parameters.weight(`${name}.norm.bias`, [to], { kind: 'constant', value: 0 });
  return {
    forward(x) {
      const made = tf.matMul(x, matrix);
      const { mean, variance } = tf.moments(made, 1, true);
      const normal = tf.mul(tf.sub(made, mean), tf.rsqrt(tf.add(variance, epsilon)));
      return tf.relu(tf.add(tf.mul(normal, scale), offset)) as tf.Tensor2D;
    },
  };
}
