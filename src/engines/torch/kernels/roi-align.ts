import type { RoiAlignOptions } from '../../../ops/roi-align.js';
import { kernel } from '../kernel.js';

export const roiAlign = kernel<Record<'features' | 'boxes' | 'boxIndices', unknown>, RoiAlignOptions>(
  'RoiAlign',
  (torch, { features, boxes, boxIndices }, { size, scale, samples }) =>
    torch.call('gpu_setup::roi_align', features, boxes, boxIndices, size, scale, samples),
);

export const roiAlignGrad = kernel<
  Record<'dy' | 'boxes' | 'boxIndices', unknown>,
  RoiAlignOptions & { readonly featuresShape: readonly number[] }
>('RoiAlignGrad', (torch, { dy, boxes, boxIndices }, { size, scale, samples, featuresShape }) => {
  const [batch, height, width] = featuresShape as [number, number, number];
  return torch.call('gpu_setup::roi_align_grad', dy, boxes, boxIndices, size, scale, samples, batch, height, width);
});
