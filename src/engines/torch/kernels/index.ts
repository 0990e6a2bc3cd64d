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
import { fusedBatchNorm } from './batch-norm.js';
import { batchNormTraining, batchNormTrainingGrad } from './batch-norm-training.js';
import { binaryKernels, floorDiv, prelu, squaredDifference } from './binary.js';
import { blend } from './blend.js';
import { batchToSpaceND, depthToSpace, spaceToBatchND } from './blocks.js';
import { cast } from './cast.js';
import { complex, fft, ifft, imag, real } from './complex.js';
import { conv2d, conv2dBackpropFilter, conv2dBackpropInput, fusedConv2d } from './conv2d.js';
import { conv3d, conv3dBackpropFilter, conv3dBackpropInput } from './conv3d.js';
import { bincount, denseBincount } from './count.js';
import { cropAndResize } from './crop-and-resize.js';
import { cumprod, cumsum } from './cumulative.js';
import { depthwiseBackpropFilter, depthwiseBackpropInput, depthwiseConv2d, fusedDepthwiseConv2d } from './depthwise.js';
import { dilation2d, dilation2dBackpropFilter, dilation2dBackpropInput } from './dilation2d.js';
import { einsum } from './einsum.js';
import { fill, onesLike, zerosLike } from './filled.js';
import { gatherV2, unsortedSegmentSum } from './gather.js';
import { gatherNd } from './gather-nd.js';
import { joinRows } from './join-rows.js';
import { localResponse, localResponseGrad } from './local-response.js';
import { batchMatMul, fusedMatMul } from './matmul.js';
import { diag, matrixBandPart } from './matrices.js';
import { maxPoolWithArgmax } from './max-pool-with-argmax.js';
import { flipLeftRight, mirrorPad, reverse } from './mirrors.js';
import { nms } from './nms.js';
import { oneHot } from './one-hot.js';
import { adamWStep, sgdStep } from './optimizer-steps.js';
import { kernelsOverValues } from './over-values.js';
import { addAlike, addBias } from './plain-sums.js';
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from './pool.js';
import { avgPool3d, avgPool3dGrad, maxPool3d, maxPool3dGrad } from './pool3d.js';
import { all, any, argMax, argMin, max, mean, min, prod, sum } from './reductions.js';
import { reluGrad } from './relu-grad.js';
import { resizeBilinear, resizeBilinearGrad, resizeNearestNeighbor, resizeNearestNeighborGrad } from './resize.js';
import { roiAlign, roiAlignGrad } from './roi-align.js';
import { roiPool, roiPoolGrad } from './roi-pool.js';
import { scatterNd, sparseToDense, tensorScatterUpdate } from './scatter.js';
import { select } from './select.js';
import { linSpace, lowerBound, range, searchSorted, upperBound } from './sequences.js';
import { broadcastArgs, broadcastTo, expandDims, identity, reshape, tile, transpose } from './shapes.js';
import { concat, pack, padV2, slice, splitV, stridedSlice, unpack } from './slices.js';
import { logSoftmax, softmax } from './softmax.js';
import { sparseSegmentMean, sparseSegmentSum } from './sparse-segments.js';
import { topK } from './top-k.js';
import { rotateWithOffset, transform } from './transform.js';
import { unaryKernels } from './unary.js';
import { clipByValue, eluGrad, leakyRelu, relu6, step } from './unary-with-numbers.js';
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
  joinRows,
  maxPool,
  maxPoolGrad,
  avgPool,
  avgPoolGrad,
  resizeNearestNeighbor,
  resizeNearestNeighborGrad,
  resizeBilinear,
  resizeBilinearGrad,
  fusedBatchNorm,
  batchToSpaceND,
  depthToSpace,
  spaceToBatchND,
  complex,
  fft,
  ifft,
  imag,
  real,
  conv3d,
  conv3dBackpropFilter,
  conv3dBackpropInput,
  bincount,
  denseBincount,
  cropAndResize,
  cumprod,
  cumsum,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  depthwiseConv2d,
  fusedDepthwiseConv2d,
  dilation2d,
  dilation2dBackpropFilter,
  dilation2dBackpropInput,
  einsum,
  gatherNd,
  localResponse,
  localResponseGrad,
  diag,
  matrixBandPart,
  maxPoolWithArgmax,
  flipLeftRight,
  mirrorPad,
  reverse,
  avgPool3d,
  avgPool3dGrad,
  maxPool3d,
  maxPool3dGrad,
  scatterNd,
  sparseToDense,
  tensorScatterUpdate,
  linSpace,
  lowerBound,
  range,
  searchSorted,
  upperBound,
  topK,
  rotateWithOffset,
  transform,
  broadcastArgs,
  broadcastTo,
  pack,
  stridedSlice,
  unpack,
  eluGrad,
  sparseSegmentMean,
  sparseSegmentSum,
  ...kernelsOverValues,
];
