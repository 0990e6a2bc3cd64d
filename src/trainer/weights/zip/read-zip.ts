import { mostBytesFrom } from '../bounds.js';
import type { Bytes } from '../bytes.js';
import { type Place, quoted, sizeWords } from '../place.js';
import { type CentralDirectory, findCentralDirectory } from './central-directory.js';

/** One file of a zip, as its central directory has it and as it fits between the others. */
export interface ZipEntry {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  readonly crc: number;
  /** Bytes in the archive, and once unpacked. */
  readonly packed: number;
  readonly size: number;
  /** Where its bytes begin. */
  readonly start: number;
}

/**
 * The entries of a zip by name (PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.5.3), zip64 too. Everything that the file claims is held against
 * what it has before anything of it is unpacked: entries that overlap, that lie outside, that have one name or one that leaves a folder, that are
 * encrypted, and more than so small a file can honestly hold, are refused.
 */
export function readZip(bytes: Bytes, place: Place): ReadonlyMap<string, ZipEntry> {
  const directory = findCentralDirectory(bytes, place);
  const entries = new Map<string, ZipEntry>();
  const spans: { readonly from: number; readonly to: number; readonly name: string }[] = [];
  let unpacked = 0;
  for (const { from, ...entry } of centralEntries(bytes, directory, place)) {
    if (entries.has(entry.name)) throw place.broken(`it has two entries called ${quoted(entry.name)}`);
    const start = dataStart(bytes, from, entry.name, directory.start, place);
    if (start + entry.packed > directory.start) throw place.in(entry.name).broken('its bytes go beyond the end of the entries');
    entries.set(entry.name, { ...entry, start });
    spans.push({ from, to: start + entry.packed, name: entry.name });
    unpacked += entry.size;
  }
  spans.sort((a, b) => a.from - b.from);
  for (const [index, span] of spans.entries()) {
    const next = spans[index + 1];
    if (next && next.from < span.to)
      throw place.broken(`the entries ${quoted(span.name)} and ${quoted(next.name)} overlap: it is refused as a zip bomb`);
  }
  if (unpacked > mostBytesFrom(bytes.length)) {
    throw place.broken(`its ${sizeWords(bytes.length)} claim to unpack to ${sizeWords(unpacked)}: it is refused as a zip bomb`);
  }
  return entries;
}

type CentralEntry = Omit<ZipEntry, 'start'> & { readonly from: number };

function* centralEntries(bytes: Bytes, { start, length, count }: CentralDirectory, place: Place): Generator<CentralEntry> {
  const held = bytes.read(start, length);
  const view = new DataView(held.buffer, held.byteOffset, held.length);
  let at = 0;
  for (let index = 0; index < count; index++) {
    const offset = start + at;
    if (at + 46 > length || view.getUint32(at, true) !== 0x02014b50) throw place.broken('its list of entries is broken', { offset });
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const end = at + 46 + nameLength + extraLength + commentLength;
    if (end > length) throw place.broken('its list of entries is cut off', { offset });
    const name = Buffer.from(held.subarray(at + 46, at + 46 + nameLength)).toString('utf8');
    const leaves = whyNoName(name);
    if (leaves) throw place.broken(`the entry ${quoted(name)} ${leaves}`, { offset });
    if (flags & 1) throw place.broken(`the entry ${quoted(name)} is encrypted`, { offset });
    if (method !== 0 && method !== 8)
      throw place.broken(`the entry ${quoted(name)} is packed by method ${method}; only stored and deflated ones are read`, { offset });
    const extra = new DataView(held.buffer, held.byteOffset + at + 46 + nameLength, extraLength);
    const sizes = wideSizes([view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)], extra);
    if (!sizes) throw place.broken(`the entry ${quoted(name)} has no sound sizes`, { offset });
    const [size, packed, from] = sizes;
    if (method === 0 && size !== packed) throw place.broken(`the entry ${quoted(name)} is stored, yet has two sizes`, { offset });
    yield { name, method: method === 0 ? 'stored' : 'deflated', crc: view.getUint32(at + 16, true), packed, size, from };
    at = end;
  }
  if (at !== length) throw place.broken('its list of entries has something behind it', { offset: start + at });
}

/** Nothing is ever written under such a name; one that tries to leave says enough about the file. */
function whyNoName(name: string): string | undefined {
  if (name === '' || name.includes('\0')) return 'has no sound name';
  if (name.startsWith('/') || name.includes('\\') || /^[a-z]:/i.test(name) || name.split('/').includes('..'))
    return 'would lie outside of it';
  return undefined;
}

/** Size, packed size and place; those that 32 bits could not hold stand in the zip64 field, in this order. Undefined where they are missing or absurd. */
function wideSizes(narrow: readonly [number, number, number], extra: DataView): [number, number, number] | undefined {
  if (!narrow.includes(0xffffffff)) return [...narrow];
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const [id, length] = [extra.getUint16(at, true), extra.getUint16(at + 2, true)];
    if (id === 1 && at + 4 + length <= extra.byteLength) {
      let field = at + 4;
      const wide = narrow.map((value) => {
        if (value !== 0xffffffff) return value;
        field += 8;
        return field <= at + 4 + length ? Number(extra.getBigUint64(field - 8, true)) : Number.NaN;
      });
      return wide.every(Number.isSafeInteger) ? (wide as [number, number, number]) : undefined;
    }
    at += 4 + length;
  }
  return undefined;
}

/** Behind the local header, which must be there and have the name of the list. */
function dataStart(bytes: Bytes, from: number, name: string, limit: number, place: Place): number {
  const broken = () => place.broken(`the entry ${quoted(name)} is not where the list of entries says`, { offset: from });
  if (from + 30 > limit) throw broken();
  const head = Buffer.from(bytes.read(from, 30));
  if (head.readUInt32LE(0) !== 0x04034b50) throw broken();
  const nameLength = head.readUInt16LE(26);
  const start = from + 30 + nameLength + head.readUInt16LE(28);
  if (start > limit || Buffer.from(bytes.read(from + 30, nameLength)).toString('utf8') !== name) throw broken();
  return start;
}
