import { withoutLogPrefix } from './without-log-prefix.js';

/** How much around a find is looked at, in bytes and lines: enough for the longest message, and no more for a line without end. */
export const bytesBefore = 4096;
export const bytesAfter = 16_384;
const linesBefore = 3;
const linesAfter = 14;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** The lines around a place in a log, without their prefixes, as one text to match against. */
export interface LogWindow {
  readonly text: string;
  readonly lines: readonly WindowLine[];
  /** Which of the lines holds the place. */
  readonly at: number;
}

export interface WindowLine {
  /** Line feeds from the place to this line; negative before it. What a progress bar overwrites stays on one line. */
  readonly offset: number;
  /** As the log has it. */
  readonly raw: string;
  /** Without its prefix. */
  readonly message: string;
  /** Where `message` begins in the window's text. */
  readonly start: number;
}

/**
 * The window around `place` in `bytes`, which hold at least `bytesBefore` before it and `bytesAfter` behind it, or else
 * the log's own beginning or end: so what is seen does not depend on how the log was cut into chunks.
 */
export function windowAt(bytes: Buffer, place: number): LogWindow {
  const lowest = Math.max(place - bytesBefore, 0);
  const highest = Math.min(place + bytesAfter, bytes.length);
  const before = segmentsBefore(bytes, place, lowest);
  const after = segmentsAfter(bytes, place, highest);
  const [here, ...following] = after;
  const start = before.at(-1) ?? { from: place, offset: 0 };
  const spans = [
    ...before.slice(0, -1).map(({ from, offset }, index) => ({ from, to: before[index + 1]!.from, offset })),
    { from: start.from, to: here!.to, offset: 0 },
    ...following,
  ];
  let length = 0;
  const lines = spans.map(({ from, to, offset }) => {
    const raw = bytes.toString('utf8', from, to).replace(/[\r\n]+$/, '');
    const message = withoutLogPrefix(raw);
    const line = { offset, raw, message, start: length };
    length += message.length + 1;
    return line;
  });
  return { text: lines.map(({ message }) => message).join('\n'), lines, at: Math.max(before.length - 1, 0) };
}

/** Where the lines before and at `place` begin, the one of `place` last. */
function segmentsBefore(bytes: Buffer, place: number, lowest: number) {
  const found: { from: number; offset: number }[] = [];
  let offset = 0;
  let at = place;
  while (found.length <= linesBefore) {
    while (at > lowest && bytes[at - 1] !== lineFeed && bytes[at - 1] !== carriageReturn) at -= 1;
    found.unshift({ from: at, offset });
    if (at === lowest) break;
    if (bytes[at - 1] === lineFeed) {
      offset -= 1;
      at -= bytes[at - 2] === carriageReturn && at - 2 >= lowest ? 2 : 1;
    } else at -= 1;
  }
  return found;
}

/** The lines from `place` on, the first one only from there. */
function segmentsAfter(bytes: Buffer, place: number, highest: number) {
  const found: { from: number; to: number; offset: number }[] = [];
  let offset = 0;
  let at = place;
  while (found.length <= linesAfter) {
    let to = at;
    while (to < highest && bytes[to] !== lineFeed && bytes[to] !== carriageReturn) to += 1;
    found.push({ from: at, to, offset });
    if (to >= highest) break;
    const crlf = bytes[to] === carriageReturn && bytes[to + 1] === lineFeed && to + 1 < highest;
    if (bytes[to] === lineFeed || crlf) offset += 1;
    at = to + (crlf ? 2 : 1);
    if (at >= highest) break;
  }
  return found;
}

/** The line of `bytes` that holds `place`, without what is around it. */
export function lineAt(bytes: Buffer, place: number): string {
  let from = place;
  const lowest = Math.max(place - bytesBefore, 0);
  while (from > lowest && bytes[from - 1] !== lineFeed && bytes[from - 1] !== carriageReturn) from -= 1;
  let to = place;
  const highest = Math.min(place + bytesAfter, bytes.length);
  while (to < highest && bytes[to] !== lineFeed && bytes[to] !== carriageReturn) to += 1;
  return bytes.toString('utf8', from, to);
}
