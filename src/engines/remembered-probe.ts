import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { nvidiaDriverRuns } from './install/nvidia-driver.js';
import { type Probed, type ProbeRequest, probe } from './probe.js';
import type { Environment } from './settings.js';

/** How a trial went, and what it was a trial of. */
const Remembered = z.object({
  stamp: z.string(),
  at: z.number(),
  result: z.discriminatedUnion('works', [
    z.object({ works: z.literal(true), version: z.string(), gpu: z.boolean() }),
    z.object({ works: z.literal(false), why: z.string() }),
  ]),
});
export type Trial = z.output<typeof Remembered>['result'];

/** A failure may have a cause that none of `influences` shows (no memory left, a device in use). */
const failureHoldsMs = 10 * 60_000;

/** Variables that decide which libraries and devices a process gets. */
const influences = ['LD_LIBRARY_PATH', 'LD_PRELOAD', 'CUDA_VISIBLE_DEVICES'];

/**
 * Whether an engine can be loaded, tried in a child process; remembered in `folder` until its manifest, Node.js, the driver or a
 * variable that says where libraries come from changes, a failure for ten minutes at most.
 */
export async function rememberedProbe(folder: string, request: ProbeRequest, manifest: object, env: Environment): Promise<Trial> {
  const path = join(folder, 'probed.json');
  const stamp = createHash('sha256')
    .update(JSON.stringify([manifest, process.version, nvidiaDriverRuns(), influences.map((name) => env[name] ?? null)]))
    .digest('hex');
  const remembered = Remembered.safeParse(await parsedFile(path));
  if (remembered.success && remembered.data.stamp === stamp) {
    const { at, result } = remembered.data;
    const age = Date.now() - at;
    if (result.works || (age >= 0 && age < failureHoldsMs)) return result;
  }
  const result = trialOf(await probe(request, { env, signal: new AbortController().signal }));
  await remember(path, { stamp, at: Date.now(), result });
  return result;
}

const trialOf = (probed: Probed): Trial => (probed.works ? { works: true, version: probed.version, gpu: probed.gpu } : probed);

async function parsedFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A folder that belongs to somebody else is tried anew each time. */
async function remember(path: string, trial: z.output<typeof Remembered>): Promise<void> {
  const partial = `${path}.${process.pid}`;
  try {
    await writeFile(partial, JSON.stringify(trial));
    await rename(partial, path);
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM', 'ENOSPC'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
