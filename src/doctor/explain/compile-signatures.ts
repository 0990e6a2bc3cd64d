import type { Signature } from '../../setup/tables/signatures.js';
import { errorWords } from './error-line.js';
import { LiteralSearch } from './literal-search.js';
import { needsOf } from './needs-of.js';

/** One pattern of one signature, ready to be tried. */
export interface CompiledPattern {
  readonly signature: Signature;
  readonly match: RegExp;
  readonly near: RegExp | undefined;
  readonly unless: RegExp | undefined;
}

/** A pattern to try where a piece is found, if all of `words` are near it. */
export interface Trial {
  readonly pattern: CompiledPattern;
  readonly words: readonly Buffer[];
}

/** What a scan needs: the search for pieces of text, and what each piece stands for. */
export interface CompiledSignatures {
  readonly search: LiteralSearch;
  /** What to try where each piece is found. */
  readonly trials: readonly (readonly Trial[])[];
  /** Whether a piece alone may make an error. */
  readonly errors: readonly boolean[];
}

/** Prepares signatures for scanning; throws where a pattern is none. */
export function compileSignatures(signatures: readonly Signature[]): CompiledSignatures {
  const byPiece = new Map<string, Trial[]>(errorWords.map((word) => [word, []]));
  for (const signature of signatures) {
    for (const { match, find, near, unless } of signature.patterns) {
      const pattern = {
        signature,
        match: expressionOf(match, 'gm'),
        near: near === undefined ? undefined : expressionOf(near),
        unless: unless === undefined ? undefined : expressionOf(unless),
      };
      for (const { pieces, words } of needsOf(match)) {
        const found = find ?? pieces;
        if (found.length === 0)
          throw new Error(`${signature.id}: \`find\` must say what is searched for, since no text is certain in /${match}/`);
        const trial = { pattern, words: words.map((word) => Buffer.from(word)) };
        for (const piece of found) byPiece.set(piece, [...(byPiece.get(piece) ?? []), trial]);
      }
    }
  }
  const pieces = [...byPiece.keys()];
  return { search: new LiteralSearch(pieces), trials: [...byPiece.values()], errors: pieces.map((piece) => errorWords.includes(piece)) };
}

/** Any blank, or the break of a wrapped line with what the driver and the X server begin the next one with. */
const gap = '(?:[ \\t]+|[ \\t]*\\n[ \\t]*(?:NVRM:[ \\t]*)?)';

/** A pattern of the table: each run of spaces outside a class is a gap. */
function expressionOf(source: string, flags = 'm'): RegExp {
  const spaced = source.replace(/\\.|\[(?:\\.|[^\]\\])*\]| +/g, (part) => (part.startsWith(' ') ? gap : part));
  return new RegExp(spaced, flags);
}
