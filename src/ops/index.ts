import { adamWStepOp } from './adamw-step.js';
import { batchNormTrainingGradOp, batchNormTrainingOp } from './batch-norm.js';
import { nmsOp } from './batched-nms.js';
import { blendOp } from './blend.js';
import { joinRowsOp } from './join-rows.js';
import type { Op } from './op.js';
import { addAlikeOp, addBiasOp } from './plain-sums.js';
import { reluGradOp } from './relu-grad.js';
import { roiAlignGradOp, roiAlignOp } from './roi-align.js';
import { roiPoolGradOp, roiPoolOp } from './roi-pool.js';
import { sgdStepOp } from './sgd-step.js';
import { vectorNormOp } from './vector-norm.js';

/** Every op that an engine may bring a kernel of its own for. */
export const ops: readonly Op[] = [
  adamWStepOp,
  addAlikeOp,
  addBiasOp,
  batchNormTrainingGradOp,
  batchNormTrainingOp,
  blendOp,
  joinRowsOp,
  nmsOp,
  reluGradOp,
  roiAlignGradOp,
  roiAlignOp,
  roiPoolGradOp,
  roiPoolOp,
  sgdStepOp,
  vectorNormOp,
];
