import { type Bytes, partOf } from '../bytes.js';
import { Cursor } from '../pickle/cursor.js';
import { readPickle } from '../pickle/machine.js';
import type { PickleValue } from '../pickle/values.js';
import { type Place, quoted, sizeWords } from '../place.js';
import { entryBytes } from '../zip/entry-bytes.js';
import { readZip, type ZipEntry } from '../zip/read-zip.js';
import { torchLanguage } from './language.js';
import type { Storage } from './values.js';

/** A checkpoint's object, and the bytes of its storages. */
export interface TorchCheckpoint {
  readonly root: PickleValue;
  readonly bigEndian: boolean;
  /** The bytes that `storage` is of; refuses one that claims others than there are. */
  bytesOf(storage: Storage): Bytes;
}

/** The format of PyTorch 1.6 and later: a zip with `NAME/data.pkl`, `NAME/data/KEY` and, since 2.1, `NAME/byteorder`. */
export function readZipCheckpoint(bytes: Bytes, place: Place): TorchCheckpoint {
  const entries = readZip(bytes, place);
  const [pickle, ...more] = [...entries.keys()].filter((name) => /^([^/]+\/)?data\.pkl$/.test(name));
  if (pickle === undefined || more.length > 0) throw place.broken('it is a zip, but not a checkpoint of PyTorch: it needs one `data.pkl`');
  const prefix = pickle.slice(0, -'data.pkl'.length);
  if (entries.has(`${prefix}constants.pkl`))
    throw place.broken('it is a TorchScript program', { hint: 'load it with `torch.jit.load` and save its `state_dict()`' });
  const content = (entry: ZipEntry) => entryBytes(bytes, entry, place);
  const bigEndian = byteOrder(entries.get(`${prefix}byteorder`), content, place);
  const own = place.in(pickle);
  const whole = content(entries.get(pickle)!);
  // Once and for all, with its checksum: what the pickle means depends on every byte before.
  const held = whole.read(0, whole.length);
  const cursor = new Cursor({ length: held.length, read: (offset, length) => held.subarray(offset, offset + length) }, own);
  const root = readPickle(cursor, torchLanguage);
  const storages = new Map<string, Bytes>();
  return {
    root,
    bigEndian,
    bytesOf({ key, bytes: claimed, start }) {
      const name = `${prefix}data/${key}`;
      const entry = entries.get(name);
      if (!entry) throw place.broken(`it has no entry ${quoted(name)}, which its tensors lie in`);
      if (start + claimed > entry.size || (start === 0 && claimed !== entry.size))
        throw place.in(name).broken(`its tensors claim ${sizeWords(claimed)}, there are ${sizeWords(entry.size)}`);
      const there = storages.get(key) ?? content(entry);
      storages.set(key, there);
      return start === 0 ? there : partOf(there, start, claimed);
    },
  };
}

function byteOrder(entry: ZipEntry | undefined, content: (entry: ZipEntry) => Bytes, place: Place): boolean {
  if (!entry) return false;
  const text = Buffer.from(content(entry).read(0, Math.min(entry.size, 16))).toString('latin1');
  if (text !== 'little' && text !== 'big')
    throw place.in(entry.name).broken(`the byte order ${quoted(text)} is neither \`little\` nor \`big\``);
  return text === 'big';
}
