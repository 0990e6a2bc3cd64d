import type { NmsOptions } from '../../../ops/batched-nms.js';
import { kernel } from '../kernel.js';

export const nms = kernel<Record<'boxes' | 'scores' | 'classes', unknown>, NmsOptions>(
  'Nms',
  (torch, { boxes, scores, classes }, { threshold, limit }) => torch.call('gpu_setup::nms', boxes, scores, classes, threshold, limit),
);
