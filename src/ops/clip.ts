import * as tf from '../tf.js';

/** What a gradient of this norm is multiplied by so that its norm is at most `clip`; both scalars. A norm that is no number stays none. */
export const clipFactor = (norm: tf.Tensor, clip: number): tf.Tensor => tf.div(clip, tf.maximum(norm, clip));
