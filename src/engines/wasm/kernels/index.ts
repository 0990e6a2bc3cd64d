import type { WasmKernel } from '../memory.js';
import { cast } from './cast.js';
import { conv2d } from './conv2d.js';
import { conv2dBackpropFilter } from './conv2d-backprop-filter.js';
import { conv2dBackpropInput } from './conv2d-backprop-input.js';
import { depthwiseBackpropFilter } from './depthwise-backprop-filter.js';
import { depthwiseBackpropInput } from './depthwise-backprop-input.js';
import { einsum } from './einsum.js';
import { identity } from './identity.js';
import { batchMatMul, fusedMatMul } from './matmul.js';
import { maxPool } from './max-pool.js';
import { maxPoolGrad } from './max-pool-grad.js';
import { unsortedSegmentSum } from './unsorted-segment-sum.js';

/** Our kernels for the `wasm` backend: what training needs and upstream lacks, or has ten times too slow. */
export const wasmKernels: readonly WasmKernel[] = [
  batchMatMul,
  cast,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  einsum,
  fusedMatMul,
  identity,
  maxPool,
  maxPoolGrad,
  unsortedSegmentSum,
];
