import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Probed, probe } from '../probe.js';
import type { EngineSettings } from '../settings.js';
import { type Manifest, manifestPath } from './manifest.js';

/** A trial that worked, and what it was a trial of. */
const Remembered = z.object({ manifestMtimeMs: z.number(), node: z.string(), version: z.string(), gpu: z.boolean() });

/** Whether the engine of a folder can be loaded, tried in a child process; a trial that worked is remembered until the manifest or Node changes. */
export async function probed(folder: string, manifest: Manifest, { env, tensorflowLogLevel }: EngineSettings): Promise<Probed> {
  const path = join(folder, 'probed.json');
  const { mtimeMs } = await stat(manifestPath(folder));
  const remembered = Remembered.safeParse(await parsedFile(path));
  if (remembered.success && remembered.data.manifestMtimeMs === mtimeMs && remembered.data.node === process.version) {
    return { works: true, version: remembered.data.version, gpu: remembered.data.gpu };
  }
  const result = await probe({ folder, manifest, logLevel: tensorflowLogLevel, env, signal: new AbortController().signal });
  if (result.works) await remember(path, { manifestMtimeMs: mtimeMs, node: process.version, version: result.version, gpu: result.gpu });
  return result;
}

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
