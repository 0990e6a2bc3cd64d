import { z } from 'zod';
import { readTable } from './read-table.js';
import { sourced, versionText } from './row-source.js';

const pairs = z.array(z.strictObject({ cuda: versionText, driver: versionText }));

/** Per CUDA toolkit: the oldest driver that runs it, and the one that its runfile ships. */
export const cudaDrivers = readTable('cuda-drivers.yaml', z.strictObject({ ...sourced, minimum: pairs, runfile: pairs }));

/** Per compute capability: the toolkits that compile for it. */
export const computeCapabilities = readTable(
  'compute-capabilities.yaml',
  z.strictObject({
    ...sourced,
    capabilities: z.array(
      z.strictObject({ capability: versionText, architecture: z.string(), first: versionText, last: versionText.nullable() }),
    ),
  }),
).capabilities;

/** The newest gcc major that nvcc accepts, from a toolkit on. */
export const hostCompilers = readTable(
  'host-compilers.yaml',
  z.strictObject({ ...sourced, compilers: z.array(z.strictObject({ cuda: versionText, gcc: z.number().int().positive() })) }),
).compilers;
