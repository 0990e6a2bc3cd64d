import type * as tf from '../../../tf.js';
import type { Pass } from '../layers.js';
import type { Parameters } from '../parameters.js';

/** What follows a convolution without bias: a norm of its channels. */
export interface Norm {
  /** Where the norm is the same for every batch: what each channel is multiplied by and what is added [C], which a convolution takes in. */
  affine(pass: Pass): { gain: tf.Tensor1D; shift: tf.Tensor1D } | undefined;
  /** Otherwise x [B, H, W, C] normalised, with a ReLU if asked. */
  forward(x: tf.Tensor4D, relu: boolean): tf.Tensor4D;
}

/** Where a norm stands. */
export interface NormPlace {
  readonly parameters: Parameters;
  /** Of the layer; the norm's parameters are `NAME.norm.…`. */
  readonly name: string;
  readonly channels: number;
}
