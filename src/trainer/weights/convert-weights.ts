import { realpathSync, statSync } from 'node:fs';
import { UserError } from '../../errors.js';
import { detectFamily } from './families/detect.js';
import type { InputKind } from './families/family.js';
import { mapWeights } from './families/map-weights.js';
import { usualTarget } from './families/ours.js';
import { networkTensors } from './network-tensors.js';
import { openWeights } from './open-weights.js';
import { writeSafetensors } from './safetensors/write-safetensors.js';
import type { StoredTensor } from './stored-tensor.js';
import type { WeightsFile } from './weights-file.js';

export interface ConvertOptions {
  /** Our names, kinds and orders in place of the file's own. */
  readonly ours: boolean;
  readonly input?: InputKind;
  readonly signal?: AbortSignal;
}

export interface Converted {
  readonly tensors: number;
  readonly bytes: number;
  /** Whose names were brought to ours. */
  readonly family: string | undefined;
  /** The file's names of what was left out. */
  readonly leftOver: readonly string[];
}

/** Writes a file of weights as safetensors, whole or not at all. */
export async function convertWeights(path: string, out: string, options: ConvertOptions): Promise<Converted> {
  if (isSameFile(path, out)) throw new UserError(`\`${out}\` would be written over itself`, { hint: 'name another file to write' });
  const file = openWeights(path);
  try {
    const { tensors, family, leftOver } = options.ours
      ? asOurs(file, options.input)
      : { tensors: [...file.tensors.values()], family: undefined, leftOver: [] };
    const metadata = options.ours ? { format: 'gpu-setup-weights/1', family: family ?? '' } : { format: 'pt' };
    const bytes = await writeSafetensors(out, tensors, metadata, options.signal);
    return { tensors: tensors.length, bytes, family, leftOver };
  } finally {
    file.close();
  }
}

function asOurs(
  file: WeightsFile,
  input: InputKind | undefined,
): { tensors: readonly StoredTensor[]; family: string | undefined; leftOver: readonly string[] } {
  const network = networkTensors(file);
  const detected = detectFamily(network, file.config);
  if (!detected)
    throw new UserError(`\`${file.path}\` names its tensors as no program that is known here`, {
      hint: 'without `--names ours` they keep their names',
    });
  const family = input === undefined ? detected : { ...detected, input };
  const mapped = mapWeights(network, family, usualTarget);
  const tensors = [...mapped.tensors.values()].map(({ name, shape, build }): StoredTensor => {
    const bytes = () => {
      const data = build();
      return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    };
    return { name, shape, dtype: 'F32', bytes };
  });
  return { tensors, family: family.title, leftOver: mapped.unknown };
}

function isSameFile(a: string, b: string): boolean {
  try {
    const [one, other] = [statSync(realpathSync(a)), statSync(realpathSync(b))];
    return one.dev === other.dev && one.ino === other.ino;
  } catch {
    // One of them is not there, so they are not the same; whoever opens it says so.
    return false;
  }
}
