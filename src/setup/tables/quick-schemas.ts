import { z } from 'zod';
import { sourced, versionText } from './row-source.js';

const hex = z.string().regex(/^[0-9a-f]{4}$/);
const pairs = z.array(z.strictObject({ cuda: versionText, driver: versionText }));

/** The tables that every look at a machine needs, by the names of their files: the build writes them down checked. */
export const quickSchemas = {
  /** PCI device ids by architecture. */
  'gpu-ids': z.strictObject({
    ...sourced,
    ranges: z.array(
      z.strictObject({ from: hex, to: hex, architecture: z.string(), chips: z.string(), firstBranch: z.number().int().positive() }),
    ),
    openOnly: z.array(z.strictObject({ from: hex, to: hex, chips: z.string() })),
  }),
  /** What drives each architecture, and when the flavours came and went. */
  'gpu-architectures': z.strictObject({
    architectures: z.array(
      z.strictObject({
        ...sourced,
        name: z.string(),
        lastBranch: z.number().int().positive().nullable(),
        proprietary: z.boolean(),
        open: z.boolean(),
      }),
    ),
    flavours: z.array(
      z.strictObject({
        ...sourced,
        openFrom: z.number().optional(),
        openDefaultFrom: z.number().optional(),
        openOnlyFrom: z.number().optional(),
      }),
    ),
  }),
  /** Per CUDA toolkit: the oldest driver that runs it, and the one that its runfile ships. */
  'cuda-drivers': z.strictObject({ ...sourced, minimum: pairs, runfile: pairs }),
  /** Per compute capability: the toolkits that compile for it. */
  'compute-capabilities': z.strictObject({
    ...sourced,
    capabilities: z.array(
      z.strictObject({ capability: versionText, architecture: z.string(), first: versionText, last: versionText.nullable() }),
    ),
  }),
  /** The newest gcc major that nvcc accepts, from a toolkit on. */
  'host-compilers': z.strictObject({
    ...sourced,
    compilers: z.array(z.strictObject({ cuda: versionText, gcc: z.number().int().positive() })),
  }),
} as const;
