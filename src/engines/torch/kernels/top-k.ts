import type { TopKAttrs, TopKInputs } from '../../../tf.js';
import { kernel } from '../kernel.js';

/** Of equal values the first; libtorch's `topk` takes any. */
export const topK = kernel<TopKInputs, TopKAttrs>('TopK', (torch, { x }, { k }) => {
  const sorted = torch.callForMany('sort.stable', x, true, -1, true);
  // Copied, lest the whole stay in memory.
  return sorted.map((all) => torch.call('clone', torch.call('narrow', all, -1, 0, k)));
});
