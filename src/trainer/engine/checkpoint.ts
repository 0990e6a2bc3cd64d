import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import type { Parameters } from '../models/parameters.js';
import { decodeSafetensors, encodeSafetensors } from '../weights/safetensors/encode.js';
import { writeAtomic } from './write-atomic.js';

/** What a run needs to go on, beside the model's weights. */
export interface RunState {
  readonly iteration: number;
  readonly spentSeconds: number;
  readonly updates: number;
  /** State of the sampling stream. */
  readonly random: readonly number[];
  readonly hooks: Readonly<Record<string, readonly number[]>>;
}

export interface Checkpoint {
  readonly path: string;
  readonly parameters: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
  readonly average: Float32Array;
  readonly optimizer: Readonly<Record<string, Float32Array>>;
  readonly state: RunState;
}

const folder = (workDir: string) => join(workDir, 'checkpoints');
const pattern = /^iteration-(\d+)\.safetensors$/;

/** Writes `checkpoints/iteration-N.safetensors`, then removes all but the newest two. The last good one is never touched before. */
export async function saveCheckpoint(
  workDir: string,
  parameters: Parameters,
  average: Float32Array,
  optimizer: Readonly<Record<string, Float32Array>>,
  state: RunState,
): Promise<string> {
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const [name, value] of await parameters.values()) tensors.set(`model.${name}`, value);
  tensors.set('average', { shape: [average.length], data: average });
  for (const [name, data] of Object.entries(optimizer)) tensors.set(`optimizer.${name}`, { shape: [data.length], data });
  const path = join(folder(workDir), `iteration-${String(state.iteration).padStart(7, '0')}.safetensors`);
  await writeAtomic(path, encodeSafetensors({ tensors, metadata: { format: 'gpu-setup/1', state: JSON.stringify(state) } }));
  for (const old of (await checkpoints(workDir)).slice(0, -2)) await rm(old);
  return path;
}

/** The checkpoints of a work dir, oldest first. */
export async function checkpoints(workDir: string): Promise<string[]> {
  const names = await readdir(folder(workDir)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return names
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder(workDir), name));
}

export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = decodeSafetensors(await readFile(path), path);
  if (metadata.format !== 'gpu-setup/1' || !metadata.state) {
    throw new UserError(`\`${path}\` is not a checkpoint of gpu-setup`, { hint: 'it has weights but no state of a run' });
  }
  const parameters = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  const optimizer: Record<string, Float32Array> = {};
  for (const [name, tensor] of tensors) {
    if (name.startsWith('model.')) parameters.set(name.slice('model.'.length), tensor);
    else if (name.startsWith('optimizer.')) optimizer[name.slice('optimizer.'.length)] = tensor.data;
  }
  const average = tensors.get('average')?.data;
  if (!average) throw new UserError(`\`${path}\` has no averaged weights`, { hint: 'take an earlier checkpoint' });
  return { path, parameters, average, optimizer, state: JSON.parse(metadata.state) as RunState };
}

/** The newest checkpoint that can be read whole. */
export async function newestCheckpoint(workDir: string): Promise<Checkpoint> {
  const paths = await checkpoints(workDir);
  let why: unknown;
  for (const path of paths.reverse()) {
    try {
      return await loadCheckpoint(path);
    } catch (error) {
      why ??= error;
    }
  }
  if (why) throw why;
  const kind = await stat(workDir).catch(() => undefined);
  const what = kind === undefined ? 'No such folder:' : kind.isDirectory() ? 'No checkpoint in' : 'Not a folder:';
  throw new UserError(`${what} \`${workDir}\``, { hint: 'train first, or name the folder that `gpu-setup train` wrote' });
}
