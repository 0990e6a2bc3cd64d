import * as tf from '../tf.js';
import { byScore, nonMaximumSuppression } from './nms.js';
import type { Op } from './op.js';

/** Greedy non-maximum suppression within each class. Legend: N boxes, K kept ones. */
export interface NmsOptions {
  /** A box that overlaps a better one of its class by more than this IoU goes; one at the threshold itself stays. */
  readonly threshold: number;
  /** At most so many of all classes together stay, the best ones. */
  readonly limit: number;
}

const kernelName = 'Nms';

/**
 * Boxes [N, 4] (x1 y1 x2 y2), scores [N] and classes or levels [N] (int32) to the indices [K] (int32) of those that stay, the best
 * first, equal ones in their order: the rule of `nonMaximumSuppression`. K depends on the values, so it is known, and the result
 * readable, only after a wait for the device. There is no gradient.
 */
export function batchedNms(boxes: tf.Tensor2D, scores: tf.Tensor1D, classes: tf.Tensor1D, options: NmsOptions): tf.Tensor1D {
  return tf.engine().runKernel(kernelName, { boxes, scores, classes }, { ...options }) as unknown as tf.Tensor1D;
}

export const nmsOp: Op = {
  kernelName,
  reference({ boxes, scores, classes }, attributes) {
    const { threshold, limit } = attributes as unknown as NmsOptions;
    const [xyxy, values, labels] = [boxes!.dataSync(), scores!.dataSync(), classes!.dataSync()];
    const members = new Map<number, number[]>();
    for (const index of byScore(values)) {
      const others = members.get(labels[index]!);
      if (others) others.push(index);
      else members.set(labels[index]!, [index]);
    }
    const kept = [...members.values()].flatMap((order) => nonMaximumSuppression(xyxy, order, { threshold, limit }));
    kept.sort((a, b) => values[b]! - values[a]! || a - b);
    return [tf.tensor1d(kept.slice(0, limit), 'int32')];
  },
};
