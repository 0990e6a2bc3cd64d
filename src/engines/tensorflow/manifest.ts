import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../errors.js';

/** What was built, out of what, and where it lies; written last, so a folder without one is an unfinished installation. */
const Manifest = z.object({
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

export const manifestPath = (folder: string) => join(folder, 'manifest.json');

/** The manifest of an engine's folder; `why` when there is none or it is of no use. */
export async function readManifest(
  folder: string,
): Promise<{ readonly manifest: Manifest } | { readonly manifest: undefined; readonly why: string }> {
  const path = manifestPath(folder);
  try {
    return { manifest: Manifest.parse(JSON.parse(await readFile(path, 'utf8'))) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { manifest: undefined, why: 'not installed' };
    const what = error instanceof z.ZodError ? (error.issues[0]?.message ?? 'invalid') : messageOf(error);
    return { manifest: undefined, why: `\`${path}\` cannot be used: ${what}` };
  }
}

export async function sha256Of(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
