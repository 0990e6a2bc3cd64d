import type { OpenFile } from '../bytes.js';
import type { StoredTensor } from '../stored-tensor.js';
import type { WeightsFile } from '../weights-file.js';
import { headerLength, readHeader } from './header.js';

/** Opens a safetensors file: its header is read and checked whole, its numbers when they are asked for. */
export function openSafetensors(file: OpenFile): WeightsFile & { readonly metadata: Readonly<Record<string, string>> } {
  const { bytes, place } = file;
  const length = headerLength(bytes.read(0, Math.min(8, bytes.length)), bytes.length, place);
  const start = 8 + length;
  const { entries, metadata } = readHeader(bytes.read(8, length), bytes.length - start, place);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, from, to } of entries)
    tensors.set(name, { name, dtype, shape, bytes: () => bytes.read(start + from, to - from) });
  const about = Object.fromEntries(Object.entries(metadata).filter(([key, value]) => /^\w{1,40}$/.test(key) && value.length <= 80));
  return {
    path: place.path,
    format: 'safetensors',
    size: bytes.length,
    tensors,
    about,
    classes: undefined,
    config: undefined,
    metadata,
    close: () => file.close(),
  };
}
