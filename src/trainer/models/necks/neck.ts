import type * as tf from '../../../tf.js';
import type { Pass } from '../layers.js';

/** What turns a backbone's maps into those that proposals and regions are taken from, all of `channels` channels. */
export interface Neck {
  forward(maps: readonly tf.Tensor4D[], pass: Pass): tf.Tensor4D[];
  readonly channels: number;
  /** Picture pixels per cell of each map, the finest first. */
  readonly strides: readonly number[];
}
