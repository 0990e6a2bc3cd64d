import type { RoiPoolOptions } from '../../../ops/roi-pool.js';
import { kernel } from '../kernel.js';

export const roiPool = kernel<Record<'features' | 'boxes' | 'boxIndices', unknown>, RoiPoolOptions>(
  'RoiPool',
  (torch, { features, boxes, boxIndices }, { size, scale }) =>
    torch.callForMany('gpu_setup::roi_pool', features, boxes, boxIndices, size, scale),
);

export const roiPoolGrad = kernel<Record<'dy' | 'argmax' | 'boxIndices', unknown>, { readonly featuresShape: readonly number[] }>(
  'RoiPoolGrad',
  (torch, { dy, argmax, boxIndices }, { featuresShape }) => {
    const [batch, height, width] = featuresShape as [number, number, number];
    return torch.call('gpu_setup::roi_pool_grad', dy, argmax, boxIndices, batch, height, width);
  },
);
