import { overValues } from '../on-cpu.js';

/**
 * What ATen has no word for. The shape of what these answer hangs on the values they are given, so that JavaScript has to wait for them
 * anyway, or they are strings.
 */
export const kernelsOverValues = [
  // Non-maximum suppression is torchvision's, not libtorch's; detectors here use the op `Nms`.
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'NonMaxSuppressionV5',
  // A seed has to give the same numbers each time; libtorch's generators are the process's own.
  'Multinomial',
  'RaggedGather',
  'RaggedRange',
  'RaggedTensorToTensor',
  'SparseFillEmptyRows',
  'SparseReshape',
  'StaticRegexReplace',
  'StringNGrams',
  'StringSplit',
  'StringToHashBucketFast',
  // In the order in which the values come, and each NaN the same; libtorch's sorts, and takes each for another.
  'Unique',
].map(overValues);
