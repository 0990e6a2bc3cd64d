import { quickTable } from './quick-table.js';

/** Per CUDA toolkit: the oldest driver that runs it, and the one that its runfile ships. */
export const cudaDrivers = await quickTable('cuda-drivers');

/** Per compute capability: the toolkits that compile for it. */
export const computeCapabilities = (await quickTable('compute-capabilities')).capabilities;

/** The newest gcc major that nvcc accepts, from a toolkit on. */
export const hostCompilers = (await quickTable('host-compilers')).compilers;
