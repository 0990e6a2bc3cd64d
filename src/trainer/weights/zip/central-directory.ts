import type { Bytes } from '../bytes.js';
import type { Place } from '../place.js';

/** Where the list of a zip's entries lies, and how many there are. */
export interface CentralDirectory {
  readonly start: number;
  readonly length: number;
  readonly count: number;
}

const endLength = 22;
const longestComment = 0xffff;

/** Finds the list from the end of the file, where its record stands: the plain one or that of zip64. */
export function findCentralDirectory(bytes: Bytes, place: Place): CentralDirectory {
  const length = Math.min(bytes.length, endLength + longestComment);
  const from = bytes.length - length;
  const tail = Buffer.from(bytes.read(from, length));
  let at = length - endLength;
  while (at >= 0 && !(tail.readUInt32LE(at) === 0x06054b50 && tail.readUInt16LE(at + 20) === length - at - endLength)) at--;
  if (at < 0)
    throw place.broken('it begins as a zip, as PyTorch writes it, but has no end: it is cut off', { hint: 'load or copy it once more' });
  const disks = [tail.readUInt16LE(at + 4), tail.readUInt16LE(at + 6)];
  const plain = { count: tail.readUInt16LE(at + 10), length: tail.readUInt32LE(at + 12), start: tail.readUInt32LE(at + 16) };
  const offset = from + at;
  const wide = at >= 20 && tail.readUInt32LE(at - 20) === 0x07064b50 ? wideDirectory(bytes, tail.subarray(at - 20, at), place) : undefined;
  const found = wide ?? plain;
  if (disks.some((disk) => disk !== 0 && disk !== 0xffff)) throw place.broken('it is one part of a zip in several', { offset });
  // The record itself ends the list; 46 bytes are the least that an entry takes.
  const sound = [found.start, found.length, found.count].every(Number.isSafeInteger) && found.start + found.length <= offset;
  if (!sound || found.count * 46 > found.length) throw place.broken('the list of its entries lies outside of it', { offset });
  return found;
}

function wideDirectory(bytes: Bytes, locator: Buffer, place: Place): CentralDirectory {
  const offset = Number(locator.readBigUInt64LE(8));
  if (!Number.isSafeInteger(offset) || offset + 56 > bytes.length) throw place.broken('the end of its zip64 list lies outside of it');
  const record = Buffer.from(bytes.read(offset, 56));
  if (record.readUInt32LE(0) !== 0x06064b50) throw place.broken('the end of its zip64 list is not where it says', { offset });
  return {
    count: Number(record.readBigUInt64LE(32)),
    length: Number(record.readBigUInt64LE(40)),
    start: Number(record.readBigUInt64LE(48)),
  };
}
