// A kernel is one file here (or one row, where a family of them only differs by ATen's name) and one line in the list below; no C++.
//
//   export const square = kernel<SquareInputs>('Square', (torch, { x }) => torch.call('square', x));
//
// `torch.call('name.overload', ...)` calls an operator of ATen by its schema (native_functions.yaml): operands and handles stand for
// tensors, arrays for lists, `undefined` for None or a default, trailing defaults may be left out. It answers a handle. The last one is
// returned; those in between are released by themselves. The type and shape that TensorFlow.js sees are those of the tensor returned
// (int64 becomes int32). Pictures are NHWC: `channelsFirst` of images.ts views one as libtorch wants it, `channelsLast` is the way back.
// What needs no computation returns `torch.share(x, shape)`. Throw an `Error` for what libtorch would not notice.
// Its test compares it with the `cpu` backend in test/engines/torch.
import type { TorchKernel } from '../kernel.js';
import { addN } from './add-n.js';
import { batchNormTraining, batchNormTrainingGrad } from './batch-norm-training.js';
import { binaryKernels, floorDiv, prelu, squaredDifference } from './binary.js';
import { blend } from './blend.js';
import { cast } from './cast.js';
import { conv2d, conv2dBackpropFilter, conv2dBackpropInput, fusedConv2d } from './conv2d.js';
import { fill, onesLike, zerosLike } from './filled.js';
import { gatherV2, unsortedSegmentSum } from './gather.js';
import { batchMatMul, fusedMatMul } from './matmul.js';
import { nms } from './nms.js';
import { oneHot } from './one-hot.js';
import { adamWStep, sgdStep } from './optimizer-steps.js';
import { addAlike, addBias } from './plain-sums.js';
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from './pool.js';
import { all, any, argMax, argMin, max, mean, min, prod, sum } from './reductions.js';
import { reluGrad } from './relu-grad.js';
import { resizeBilinear, resizeBilinearGrad, resizeNearestNeighbor, resizeNearestNeighborGrad } from './resize.js';
import { roiAlign, roiAlignGrad } from './roi-align.js';
import { roiPool, roiPoolGrad } from './roi-pool.js';
import { select } from './select.js';
import { expandDims, identity, reshape, tile, transpose } from './shapes.js';
import { concat, padV2, slice, splitV } from './slices.js';
import { logSoftmax, softmax } from './softmax.js';
import { unaryKernels } from './unary.js';
import { clipByValue, leakyRelu, relu6, step } from './unary-with-numbers.js';
import { vectorNorm } from './vector-norm.js';

/** Every kernel of the engine `torch`. */
export const torchKernels: readonly TorchKernel[] = [
  ...unaryKernels,
  clipByValue,
  leakyRelu,
  relu6,
  step,
  ...binaryKernels,
  floorDiv,
  squaredDifference,
  prelu,
  cast,
  identity,
  reshape,
  expandDims,
  transpose,
  tile,
  slice,
  splitV,
  concat,
  padV2,
  sum,
  mean,
  max,
  min,
  prod,
  all,
  any,
  argMax,
  argMin,
  softmax,
  logSoftmax,
  fill,
  zerosLike,
  onesLike,
  gatherV2,
  unsortedSegmentSum,
  select,
  oneHot,
  addN,
  batchMatMul,
  fusedMatMul,
  conv2d,
  fusedConv2d,
  conv2dBackpropInput,
  conv2dBackpropFilter,
  batchNormTraining,
  batchNormTrainingGrad,
  roiAlign,
  roiAlignGrad,
  roiPool,
  roiPoolGrad,
  addAlike,
  addBias,
  nms,
  reluGrad,
  sgdStep,
  adamWStep,
  blend,
  vectorNorm,
  maxPool,
  maxPoolGrad,
  avgPool,
  avgPoolGrad,
  resizeNearestNeighbor,
  resizeNearestNeighborGrad,
  resizeBilinear,
  resizeBilinearGrad,
];
