import type * as tf from '../../../tf.js';
import type { Pass } from '../layers.js';

/** What turns pictures into maps of falling size. */
export interface Backbone {
  /** Pictures [B, H, W, 3], about zero mean and unit deviation, to one map per level, the finest first. */
  forward(pictures: tf.Tensor4D, pass: Pass): tf.Tensor4D[];
  /** Of each level: channels, and picture pixels per cell. */
  readonly channels: readonly number[];
  readonly strides: readonly number[];
}
