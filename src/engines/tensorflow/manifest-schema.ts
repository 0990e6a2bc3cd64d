import { z } from 'zod';

/** What was built, out of what, and where it lies; written last, so a folder without one is an unfinished installation. */
export const Manifest = z.object({
  format: z.literal(1),
  builtAt: z.iso.datetime(),
  tensorflow: z.object({
    version: z.string(),
    /** The distribution that brought it: `tensorflow-cpu`, `tensorflow`, ... */
    distribution: z.string(),
    python: z.string(),
    /** The package's folder, with the headers in `include/`. */
    directory: z.string(),
    /** The folder of `libtensorflow_cc.so.2` and `libtensorflow_framework.so.2`. */
    libraries: z.string(),
    /** Whether that build can use a CUDA device. */
    cuda: z.boolean(),
  }),
  package: z.object({ name: z.enum(['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu']), version: z.string() }),
  /** `file` is relative to the engine's folder. */
  binding: z.object({ file: z.string(), sha256: z.string(), compiler: z.string() }),
});
export type Manifest = z.output<typeof Manifest>;
