import { type DtypeName, dtypes, isDtype } from '../dtypes.js';
import { type Place, quoted } from '../place.js';
import { countOf, isShape } from '../stored-tensor.js';

/** The format's own bound, so that a header cannot claim all memory. */
export const longestHeader = 100_000_000;

/** Where a tensor lies, counted from the end of the header. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: DtypeName;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

export interface Header {
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** How long the header is that these first 8 bytes announce, in a file of so many bytes. */
export function headerLength(first: Uint8Array, fileBytes: number, place: Place): number {
  if (first.length < 8) throw place.broken(`it is cut off: ${fileBytes} bytes are no safetensors file`);
  const length = Number(new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true));
  if (length > longestHeader) throw place.broken(`its header claims ${length} bytes; ${longestHeader} are allowed`, { offset: 0 });
  if (length > fileBytes - 8)
    throw place.broken(`it is cut off in its header: ${length} bytes should follow, there are ${fileBytes - 8}`, { offset: 8 });
  return length;
}

/**
 * Reads a header and holds it against the `dataBytes` behind it: kinds, shapes and places must agree, every byte of the data must
 * belong to one tensor (no overlap, no hole, nothing behind), and no name may come twice (the format's README; what its own reader
 * refuses is refused).
 */
export function readHeader(bytes: Uint8Array, dataBytes: number, place: Place): Header {
  const text = decoded(bytes, place);
  const { __metadata__: metadata = {}, ...rest } = parsed(text, place);
  const twice = repeatedKey(text);
  if (twice !== undefined) throw place.broken(`its header has ${quoted(twice)} twice`);
  if (!isTexts(metadata)) throw place.broken('the `__metadata__` of its header is more than names and texts');
  const entries = Object.entries(rest).map(([name, entry]) => headerEntry(name, entry, place));
  let end = 0;
  for (const { name, from, to } of [...entries].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < end) throw place.broken(`${quoted(name)} overlaps another tensor`);
    if (from > end) throw place.broken(`${from - end} bytes before ${quoted(name)} belong to no tensor`);
    end = to;
  }
  if (end > dataBytes) throw place.broken(`it is cut off: its tensors claim ${end} bytes, there are ${dataBytes}`);
  if (end < dataBytes) throw place.broken(`${dataBytes - end} bytes at its end belong to no tensor`);
  return { entries, metadata };
}

function decoded(bytes: Uint8Array, place: Place): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw place.broken('its header is not UTF-8', { offset: 8, cause });
  }
}

function parsed(text: string, place: Place): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(text);
    if (text.startsWith('{') && isRecord(header)) return header;
  } catch (cause) {
    throw place.broken('its header is not JSON', { offset: 8, cause });
  }
  throw place.broken('its header is not a JSON object', { offset: 8 });
}

/** Two of them are no shape, whose product would have to be exact: that of offsets beyond a hundred million is not. */
const isOffset = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function headerEntry(name: string, entry: unknown, place: Place): HeaderEntry {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (!isDtype(dtype)) throw place.broken(`${quoted(name)} is of the kind ${quoted(String(dtype))}, which is not read`);
  if (!Array.isArray(shape) || !isShape(shape) || !Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isOffset))
    throw place.broken(`${quoted(name)} has no sound shape and place`);
  const [from, to] = offsets as unknown as [number, number];
  const wanted = countOf(shape) * dtypes[dtype].bytes;
  if (to - from !== wanted)
    throw place.broken(`${quoted(name)} of shape [${shape.join(', ')}] needs ${wanted} bytes, its place has ${to - from}`);
  return { name, dtype, shape, from, to };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.values(value).every((item) => typeof item === 'string');

/** A key that comes twice in one object of a JSON text that is known to be sound; `JSON.parse` passes over it in silence. */
function repeatedKey(json: string): string | undefined {
  const objects: (Set<string> | undefined)[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at]!;
    if (character === '{') objects.push(new Set());
    else if (character === '[') objects.push(undefined);
    else if (character === '}' || character === ']') objects.pop();
    else if (character === '"') {
      const start = at++;
      while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
      if (!/^\s*:/.test(json.slice(at + 1, at + 100))) continue;
      const keys = objects.at(-1);
      const key = JSON.parse(json.slice(start, at + 1)) as string;
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
