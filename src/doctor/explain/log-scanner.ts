import type { CompiledPattern, CompiledSignatures } from './compile-signatures.js';
import { errorIn } from './error-line.js';
import { bytesAfter, bytesBefore, type LogWindow, lineAt, windowAt } from './log-window.js';
import { isMention } from './mentions.js';
import { PlainBytes } from './plain-bytes.js';
import { withoutLogPrefix } from './without-log-prefix.js';

/** A line of a log; lines are counted from 1. */
export interface LogLine {
  readonly line: number;
  readonly text: string;
}

/** A signature in a log. */
export interface Sighting extends LogLine {
  /** The first lines of its places. */
  readonly lines: readonly number[];
  /** How many places; from `mostCounted` on it is no longer looked for. */
  readonly count: number;
  /** What the pattern captured by name, at the first place. */
  readonly captured: Readonly<Record<string, string>>;
}

export const mostCounted = 1000;
const mostLines = 10;
/** A line without end cannot make us try for ever. */
const mostTriesOnLine = 64;
export const mostUnknown = 5;
const longestText = 400;
/** No message has more lines. */
const reach = 32;

/**
 * Reads a log chunk by chunk and keeps what it knows in it; its memory does not grow with the log. What it finds depends
 * on the log alone, not on where the chunks end: a place is judged when all that may be looked at around it has been read.
 */
export class LogScanner {
  readonly #signatures: CompiledSignatures;
  readonly #plain = new PlainBytes();
  #bytes: Buffer = Buffer.alloc(0);
  /** Where in `#bytes` the next search begins. */
  #next = 0;
  /** Lines are counted up to here, which is on line `#line`. */
  #counted = 0;
  #line = 1;
  #endsInBreak = true;

  #size = 0;
  readonly #sightings = new Map<string, Mutable<Sighting>>();
  /** The line where each signature was found last. */
  readonly #lastLines = new Map<string, number>();
  /** How often a pattern was tried on the line of the last try. */
  readonly #tries = new Map<CompiledPattern | 'error', { line: number; count: number }>();
  /** Lines that are accounted for: signatures and mentions. */
  #explained: { readonly from: number; readonly to: number }[] = [];
  #pending: LogLine[] = [];
  #lastCandidate = 0;
  readonly #unknown = new Map<string, LogLine>();
  #unknownCount = 0;

  constructor(signatures: CompiledSignatures) {
    this.#signatures = signatures;
  }

  push(chunk: Buffer): void {
    this.#size += chunk.length;
    const plain = this.#plain.of(chunk);
    if (plain.length === 0) return;
    const kept = Math.max(this.#next - bytesBefore, 0);
    this.#countTo(this.#next);
    this.#bytes = Buffer.concat([this.#bytes.subarray(kept), plain]);
    this.#next -= kept;
    this.#counted -= kept;
    this.#endsInBreak = plain.at(-1) === 0x0a;
    this.#search(this.#bytes.length - bytesAfter);
  }

  /** Call once, after the last chunk. */
  end(): void {
    this.#search(this.#bytes.length);
    this.#countTo(this.#bytes.length);
    this.#settle(Number.POSITIVE_INFINITY);
  }

  /** Bytes as they were read. */
  get size(): number {
    return this.#size;
  }

  get lineCount(): number {
    return this.#endsInBreak ? this.#line - 1 : this.#line;
  }

  get sightings(): ReadonlyMap<string, Sighting> {
    return this.#sightings;
  }

  /** The first lines that look like errors and that no signature explains, no text twice. */
  get unknown(): readonly LogLine[] {
    return [...this.#unknown.values()];
  }

  get unknownCount(): number {
    return this.#unknownCount;
  }

  #search(until: number): void {
    if (until <= this.#next) return;
    this.#signatures.search.scan(this.#bytes, this.#next, until, (place, literal) => this.#judge(place, literal));
    this.#next = until;
  }

  #judge(place: number, literal: number): void {
    this.#countTo(place);
    const line = this.#line;
    let window: LogWindow | undefined;
    for (const { pattern, words } of this.#signatures.trials[literal]!) {
      if (!this.#hasNear(place, words) || this.#isSettledAt(pattern, line)) continue;
      window ??= windowAt(this.#bytes, place);
      this.#try(pattern, window, line);
    }
    if (this.#signatures.errors[literal] && this.#lastCandidate !== line && this.#mayTry('error', line)) {
      const text = lineAt(this.#bytes, place);
      const message = withoutLogPrefix(text);
      const start = errorIn(message);
      if (start < 0 || isMention(message, start, message.length)) return;
      this.#lastCandidate = line;
      this.#settle(line - reach);
      this.#pending.push({ line, text: shown(text, text.length - message.length + start) });
    }
  }

  /** A cheap look that spares most windows: most pieces are found where the rest of the message is not. */
  #hasNear(place: number, words: readonly Buffer[]): boolean {
    if (words.length < 2) return true;
    const near = this.#bytes.subarray(Math.max(place - bytesBefore / 2, 0), place + bytesAfter / 4);
    return words.every((word) => near.includes(word));
  }

  /** Whether a pattern need not be tried on `line`: found often enough, or tried too often there. */
  #isSettledAt(pattern: CompiledPattern, line: number): boolean {
    const sighting = this.#sightings.get(pattern.signature.id);
    if (sighting && sighting.count >= mostCounted) {
      this.#explain(line, line);
      return true;
    }
    return !this.#mayTry(pattern, line);
  }

  #mayTry(what: CompiledPattern | 'error', line: number): boolean {
    const tries = this.#tries.get(what);
    if (tries?.line !== line) {
      this.#tries.set(what, { line, count: 1 });
      return true;
    }
    tries.count += 1;
    return tries.count <= mostTriesOnLine;
  }

  #try({ signature, match, near, unless }: CompiledPattern, window: LogWindow, line: number): void {
    match.lastIndex = 0;
    for (let found = match.exec(window.text); found; found = match.exec(window.text)) {
      if (found[0] === '') match.lastIndex += 1;
      const first = indexOfLine(window, found.index);
      const last = indexOfLine(window, found.index + Math.max(found[0].length - 1, 0));
      if (last < window.at) continue;
      if (first > window.at) return;
      const begin = window.lines[first]!;
      const column = found.index - begin.start;
      const from = line + begin.offset;
      const to = line + window.lines[last]!.offset;
      if (near && !near.test(window.text)) continue;
      if (unless?.test(window.text.slice(found.index))) {
        this.#explain(from, to);
        continue;
      }
      this.#explain(from, to);
      if (isMention(begin.message, column, column + found[0].length)) continue;
      this.#record(signature.id, from, shown(begin.raw, begin.raw.length - begin.message.length + column), found.groups ?? {});
      return;
    }
  }

  #record(id: string, line: number, text: string, groups: Readonly<Record<string, string | undefined>>): void {
    const captured = Object.fromEntries(Object.entries(groups).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
    const known = this.#sightings.get(id);
    const last = this.#lastLines.get(id) ?? 0;
    this.#lastLines.set(id, Math.max(line, last));
    if (!known) {
      this.#sightings.set(id, { line, text, lines: [line], count: 1, captured });
      return;
    }
    known.captured = { ...captured, ...known.captured };
    if (line <= last) return;
    known.count += 1;
    if (known.lines.length < mostLines) known.lines = [...known.lines, line];
  }

  #explain(from: number, to: number): void {
    const last = this.#explained.at(-1);
    if (last && last.from <= from && to <= last.to) return;
    this.#explained.push({ from, to });
    if (this.#explained.length > 4 * reach) this.#forget();
  }

  /** Decides on candidates up to `line`, which nothing that is still to come can explain. */
  #settle(line: number): void {
    const due = this.#pending.filter((candidate) => candidate.line <= line);
    this.#pending = this.#pending.filter((candidate) => candidate.line > line);
    for (const candidate of due) {
      if (this.#explained.some(({ from, to }) => from <= candidate.line && candidate.line <= to)) continue;
      this.#unknownCount += 1;
      const key = withoutLogPrefix(candidate.text);
      if (this.#unknown.size < mostUnknown && !this.#unknown.has(key)) this.#unknown.set(key, candidate);
    }
    this.#forget();
  }

  /** Lines that no candidate can be on any more. */
  #forget(): void {
    const oldest = (this.#pending[0]?.line ?? this.#line) - reach;
    this.#explained = this.#explained.filter(({ to }) => to >= oldest);
  }

  #countTo(place: number): void {
    const bytes = this.#bytes;
    let line = this.#line;
    for (let at = this.#counted; at < place; at++) if (bytes[at] === 0x0a) line += 1;
    this.#line = line;
    if (place > this.#counted) this.#counted = place;
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function indexOfLine({ lines }: LogWindow, at: number): number {
  return lines.findLastIndex(({ start }) => start <= at);
}

/** A line as it is shown: its text around `column`, where it is too long to be shown whole. */
function shown(raw: string, column: number): string {
  const text = raw.trimEnd();
  if (text.length <= longestText) return text;
  const from = column < longestText / 2 ? 0 : column - longestText / 4;
  return `${from > 0 ? '…' : ''}${text.slice(from, from + longestText)}${from + longestText < text.length ? '…' : ''}`;
}
