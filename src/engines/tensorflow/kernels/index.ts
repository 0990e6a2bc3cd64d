import type { KernelConfig } from '../../../tf.js';

/** Our kernels for the `tensorflow` backend, in place of tfjs-node's of the same name where it has one. */
export const tensorflowKernels: readonly Omit<KernelConfig, 'backendName'>[] = [];
