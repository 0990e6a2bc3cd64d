import type * as tf from '../tf.js';

/**
 * What a gradient of this norm (a scalar) is multiplied by so that its norm is at most `clip`; NaN where the norm is none. It reads the
 * norm, so that a gradient short enough costs no pass over the vector; a kernel for a device that works ahead computes it there.
 */
export const clipFactor = (norm: tf.Tensor, clip: number): number => Math.min(1, clip / norm.dataSync<'float32'>()[0]!);
