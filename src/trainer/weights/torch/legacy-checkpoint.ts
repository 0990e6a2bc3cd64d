import { type Bytes, partOf } from '../bytes.js';
import type { Cursor } from '../pickle/cursor.js';
import { readPickle } from '../pickle/machine.js';
import { Dict, type PickleValue } from '../pickle/values.js';
import { type Place, quoted, sizeWords } from '../place.js';
import { torchLanguage } from './language.js';
import { Storage } from './values.js';
import type { TorchCheckpoint } from './zip-checkpoint.js';

/** What the first pickle of a file of PyTorch before 1.6 holds (torch/serialization.py, `MAGIC_NUMBER`). */
export const legacyMagic = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;

/**
 * The format before PyTorch 1.6, the cursor being behind the magic number: version, the writer's machine, the object, the names of its storages, and each storage with its length
 * before it.
 */
export function readLegacyCheckpoint(cursor: Cursor, place: Place): TorchCheckpoint {
  const next = () => readPickle(cursor, torchLanguage);
  const version = next();
  if (version !== protocolVersion)
    throw place.broken(`it is of version ${String(version)} of PyTorch's old format; ${protocolVersion} is read`);
  const machine = next();
  const bigEndian = machine instanceof Dict && machine.get('little_endian') === false;
  const storages = new Map<string, Storage>();
  const language = {
    ...torchLanguage,
    persistent(id: PickleValue, site: Parameters<typeof torchLanguage.persistent>[1]) {
      const made = torchLanguage.persistent(id, site);
      if (made instanceof Storage && !storages.has(made.key)) storages.set(made.key, made);
      return made;
    },
  };
  const root = readPickle(cursor, language);
  const keys = next();
  if (!Array.isArray(keys) || keys.some((key) => typeof key !== 'string'))
    throw place.broken('it does not list its storages', { offset: cursor.position });
  const found = storageBytes(cursor, keys as readonly string[], storages, place);
  return {
    root,
    bigEndian,
    bytesOf({ key, bytes: claimed, start }) {
      const there = found.get(key);
      if (!there) throw place.broken(`it does not hold the storage ${quoted(key)}, which its tensors lie in`);
      if (start + claimed > there.length)
        throw place.broken(`tensors claim ${sizeWords(claimed)} of the storage ${quoted(key)}, there are ${sizeWords(there.length)}`);
      return start === 0 && claimed === there.length ? there : partOf(there, start, claimed);
    },
  };
}

/** One storage after the other; its length counts numbers. */
function storageBytes(cursor: Cursor, keys: readonly string[], storages: ReadonlyMap<string, Storage>, place: Place): Map<string, Bytes> {
  const found = new Map<string, Bytes>();
  for (const key of keys) {
    const storage = storages.get(key);
    if (!storage) throw place.broken(`it lists the storage ${quoted(key)}, which no tensor is of`, { offset: cursor.position });
    if (found.has(key)) throw place.broken(`it lists the storage ${quoted(key)} twice`, { offset: cursor.position });
    const offset = cursor.position;
    const bytes = cursor.length64() * storage.elementBytes;
    if (bytes > cursor.left)
      throw place.broken(`the storage ${quoted(key)} claims ${sizeWords(bytes)}, there are ${sizeWords(cursor.left)}`, { offset });
    found.set(key, partOf(cursor.bytes, cursor.skip(bytes), bytes));
  }
  return found;
}
