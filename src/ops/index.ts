import { batchNormTrainingGradOp, batchNormTrainingOp } from './batch-norm.js';
import type { Op } from './op.js';
import { roiAlignGradOp, roiAlignOp } from './roi-align.js';

/** Every op that an engine may bring a kernel of its own for. */
export const ops: readonly Op[] = [batchNormTrainingOp, batchNormTrainingGradOp, roiAlignOp, roiAlignGradOp];
