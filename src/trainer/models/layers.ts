import { addBias } from '../../ops/plain-sums.js';
import * as tf from '../../tf.js';
import type { Building } from './building.js';
import type { Convention } from './convention.js';
import { type NormConfig, norms, usualNorm } from './norms/index.js';
import type { Initial, Parameters } from './parameters.js';

const epsilon = 1e-5;

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

/** Convolution without bias, norm, ReLU: the unit that backbone and necks are made of. */
export function convNormRelu(
  { parameters, convention: { padding } }: Building,
  name: string,
  { from, to, size, stride = 1, relu = true }: ConvOptions,
  norm: NormConfig = usualNorm,
): Layer {
  const filter = parameters.weight(`${name}.conv.weight`, [size, size, from, to], { kind: 'fan-in', gain: 2 }) as tf.Variable<tf.Rank.R4>;
  const normal = norms.build(norm, { parameters, name, channels: to });
  return {
    forward: (x, pass) =>
      tf.tidy(() => {
        const affine = normal.affine(pass);
        if (!affine) return normal.forward(convolve(x, filter, stride, padding), relu);
        // The norm is a part of the convolution: one op in place of three.
        const convolved = convolve(x, tf.mul(filter, affine.gain) as tf.Tensor4D, stride, padding);
        const shifted = addBias(convolved, affine.shift);
        return relu ? tf.relu(shifted) : shifted;
      }),
  };
}

/**
 * A convolution whose map is as large as the picture divided by the stride, rounded up. One of stride 1 pads both sides alike either way; of a
 * strided one `even` pads (size - 1) / 2 at both, as PyTorch's layers do.
 */
function convolve(x: tf.Tensor4D, filter: tf.Tensor4D, stride: number, padding: Convention['padding']): tf.Tensor4D {
  const size = filter.shape[0];
  if (stride === 1 || size === 1 || padding === 'far') return tf.conv2d(x, filter, stride, 'same');
  return tf.conv2d(bordered(x, (size - 1) / 2), filter, stride, 'valid');
}

/** x with so many zeros on each side. */
function bordered(x: tf.Tensor4D, border: number): tf.Tensor4D {
  return tf.pad4d(x, [
    [0, 0],
    [border, border],
    [border, border],
    [0, 0],
  ]);
}

/** The maxima of `size` x `size` cells every `stride` cells of a map without negative values, padded like a convolution. */
export function maxPool(x: tf.Tensor4D, size: number, stride: number, padding: Convention['padding']): tf.Tensor4D {
  if (padding === 'far' || size === 1) return tf.maxPool(x, size, stride, 'same');
  return tf.maxPool(bordered(x, (size - 1) / 2), size, stride, 'valid');
}

/** Convolution with bias and without norm, for a head's last layer. */
export function conv(
  { parameters }: Pick<Building, 'parameters'>,
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
export function convRelu(building: Pick<Building, 'parameters'>, name: string, options: ConvOptions): Layer {
  const deviation = Math.sqrt(2 / (options.size * options.size * options.from));
  const layer = conv(building, name, options, { deviation, bias: 0 });
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
