import { z } from 'zod';

/** What was built, out of what, and where it lies; written last, so a folder without one is an unfinished installation. */
export const Manifest = z.object({
  format: z.literal(1),
  builtAt: z.iso.datetime(),
  /** `1.13.0`, `2.13.0+cpu`. */
  torchVersion: z.string(),
  /** The folder with the headers in `include/`: `/usr`, an unpacked archive, a wheel's `torch`. */
  torchRoot: z.string(),
  /** The folder of `libc10.so`, `libtorch_cpu.so` and `libtorch.so`. */
  libraries: z.string(),
  /** `libtorch_cpu.so` as it was built against: what tells that libtorch was changed afterwards. */
  library: z.object({ path: z.string(), bytes: z.number(), mtimeMs: z.number() }),
  /** Whether that libtorch spells std::string in the ABI of GCC 5 and later. */
  cxx11Abi: z.boolean(),
  /** Whether that build can use a CUDA device. */
  cuda: z.boolean(),
  /** `process.versions.modules` of the Node.js that it was built for. */
  nodeAbi: z.string(),
  /** Relative to the engine's folder in the file; absolute once read. */
  addon: z.string(),
  addonBytes: z.number(),
  addonSha256: z.string(),
  /** Of the C++ sources and the way they were compiled. */
  sourcesSha256: z.string(),
  compiler: z.string(),
  /** The interpreter whose torch it is. */
  python: z.string().optional(),
});
export type Manifest = z.output<typeof Manifest>;
