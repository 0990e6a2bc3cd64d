import type { KernelConfig } from '../../../tf.js';

/** Our kernels for the `wasm` backend: what training needs and upstream lacks. */
export const wasmKernels: readonly Omit<KernelConfig, 'backendName'>[] = [];
