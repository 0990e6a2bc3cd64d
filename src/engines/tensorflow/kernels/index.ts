import type { KernelConfig } from '../../../tf.js';
import { batchNormTrainingGradKernel, batchNormTrainingKernel } from './batch-norm.js';
import { reluGradKernel } from './relu-grad.js';
import { roiAlignGradKernel, roiAlignKernel } from './roi-align.js';

/** Kernels that tfjs-node lacks, or has slower than TensorFlow can. */
export const tensorflowKernels: readonly KernelConfig[] = [
  batchNormTrainingKernel,
  batchNormTrainingGradKernel,
  reluGradKernel,
  roiAlignKernel,
  roiAlignGradKernel,
];
