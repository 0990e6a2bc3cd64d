import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { messageOf, UserError } from '../../errors.js';
import { Place } from './place.js';

/** Bytes that can be read anywhere: a file, a part of one, or memory. */
export interface Bytes {
  readonly length: number;
  /** So many bytes from `offset` on, which the caller knows to be there. What it gives is not to be written to. */
  read(offset: number, length: number): Uint8Array;
}

export function memoryBytes(bytes: Uint8Array): Bytes {
  return { length: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

export function partOf(bytes: Bytes, start: number, length: number): Bytes {
  return { length, read: (offset, count) => bytes.read(start + offset, count) };
}

/** A file that is open for reading. */
export interface OpenFile {
  readonly place: Place;
  readonly bytes: Bytes;
  close(): void;
}

/**
 * Opens `path`. It is read with calls that wait: a pickle is taken byte by byte, and whoever reads weights has nothing else to do meanwhile.
 * Throws a UserError where there is no such file, or something else than a file.
 */
export function openFile(path: string): OpenFile {
  const place = new Place(path);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    const missing = ['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');
    if (missing) throw new UserError(`There is no file \`${path}\``, { cause });
    throw new UserError(`Cannot read \`${path}\`: ${messageOf(cause)}`, { cause });
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile())
      throw new UserError(`\`${path}\` is ${stat.isDirectory() ? 'a folder' : 'no file'}`, { hint: 'name the file with the weights' });
    return {
      place,
      bytes: { length: stat.size, read: (offset, length) => readAt(file, offset, length, place) },
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function readAt(file: number, offset: number, length: number, place: Place): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let there = 0; there < length; ) {
    const count = readSync(file, bytes, there, length - there, offset + there);
    if (count === 0) throw place.broken('it became shorter while it was read', { offset: offset + there });
    there += count;
  }
  return bytes;
}
