import { writeFileSync } from 'node:fs';
import { encodeSafetensors } from '../../../src/trainer/weights/safetensors/encode.js';
import { countOf, type StoredTensor } from '../../../src/trainer/weights/stored-tensor.js';

export interface Given {
  readonly shape: readonly number[];
  readonly data?: readonly number[];
}

/** Numbers that tell where they came from: 0, 1, 2, … */
const counting = (shape: readonly number[]) => Float32Array.from({ length: countOf(shape) }, (_, i) => i);

/** Writes tensors of these names; where no numbers are given they count. */
export function writeWeights(
  path: string,
  tensors: Readonly<Record<string, Given>>,
  metadata: Readonly<Record<string, string>> = {},
): string {
  const list = Object.entries(tensors).map(
    ([name, { shape, data }]) => [name, { shape, data: data ? Float32Array.from(data) : counting(shape) }] as const,
  );
  writeFileSync(path, encodeSafetensors({ tensors: new Map(list), metadata }));
  return path;
}

/** Tensors that are only looked at: to read one is a mistake. */
export function unread(shapes: Readonly<Record<string, readonly number[]>>): ReadonlyMap<string, StoredTensor> {
  const bytes = () => {
    throw new Error('read');
  };
  return new Map(Object.entries(shapes).map(([name, shape]) => [name, { name, shape, dtype: 'F32', bytes }]));
}
