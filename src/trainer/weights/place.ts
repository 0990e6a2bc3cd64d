import { UserError } from '../../errors.js';

/** What a refusal may add to its reason. */
export interface BrokenOptions {
  /** Byte of the file, or of its entry, that is to blame. */
  readonly offset?: number;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A file of weights, or one entry of it; every refusal of this room is made here: one line with file and place. */
export class Place {
  readonly path: string;
  readonly entry: string | undefined;

  constructor(path: string, entry?: string) {
    this.path = path;
    this.entry = entry;
  }

  /** The same file, in its entry `name`. */
  in(name: string): Place {
    return new Place(this.path, name);
  }

  broken(why: string, { offset, hint, cause }: BrokenOptions = {}): UserError {
    const entry = this.entry === undefined ? '' : `, ${quoted(this.entry)}`;
    const at = offset === undefined ? '' : ` at byte ${offset}`;
    return new UserError(`\`${this.path}\`${entry}${at}: ${why}`, {
      ...(hint === undefined ? {} : { hint }),
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

const longest = 120;

/** A name that a file gave, in backticks: on one line, of bounded length, and with nothing in it that a terminal obeys. */
export function quoted(name: string): string {
  const short = name.length > longest ? `${name.slice(0, longest)}…` : name;
  const plain = short.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
  return `\`${plain.replaceAll('`', "'")}\``;
}

/** `100.0 GB`, `4 bytes`: decimal units, as disks have them. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} byte${bytes === 1 ? '' : 's'}`;
  const units = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}
