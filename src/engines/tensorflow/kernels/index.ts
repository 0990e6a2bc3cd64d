import type { KernelConfig } from '../../../tf.js';
import { batchNormTrainingGradKernel, batchNormTrainingKernel } from './batch-norm.js';
import { roiAlignGradKernel, roiAlignKernel } from './roi-align.js';

/** Fast kernels for our own ops. */
export const tensorflowKernels: readonly KernelConfig[] = [
  batchNormTrainingKernel,
  batchNormTrainingGradKernel,
  roiAlignKernel,
  roiAlignGradKernel,
];
