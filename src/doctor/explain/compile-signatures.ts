import type { Signature } from '../../setup/tables/signatures.js';
import { errorWords } from './error-line.js';
import { LiteralSearch } from './literal-search.js';
import { literalsOf } from './literals-of.js';

/** One pattern of one signature, ready to be tried. */
export interface CompiledPattern {
  readonly signature: Signature;
  readonly match: RegExp;
  readonly near: RegExp | undefined;
  readonly unless: RegExp | undefined;
}

/** What a scan needs: the search for pieces of text, and what each piece stands for. */
export interface CompiledSignatures {
  readonly search: LiteralSearch;
  /** The patterns to try where a piece is found. */
  readonly patterns: readonly (readonly CompiledPattern[])[];
  /** Whether a piece alone may make an error. */
  readonly errors: readonly boolean[];
}

/** Prepares signatures for scanning; throws where a pattern is none. */
export function compileSignatures(signatures: readonly Signature[]): CompiledSignatures {
  const byLiteral = new Map<string, CompiledPattern[]>(errorWords.map((word) => [word, []]));
  for (const signature of signatures) {
    for (const { match, find, near, unless } of signature.patterns) {
      const compiled = {
        signature,
        match: expressionOf(match, 'gm'),
        near: near === undefined ? undefined : expressionOf(near),
        unless: unless === undefined ? undefined : expressionOf(unless),
      };
      for (const literal of find ?? literalsOf(match)) {
        const patterns = byLiteral.get(literal) ?? [];
        if (!patterns.includes(compiled)) byLiteral.set(literal, [...patterns, compiled]);
      }
    }
  }
  const literals = [...byLiteral.keys()];
  return {
    search: new LiteralSearch(literals),
    patterns: [...byLiteral.values()],
    errors: literals.map((literal) => errorWords.includes(literal)),
  };
}

/** Any blank, or the break of a wrapped line with what the driver and the X server begin the next one with. */
const gap = '(?:[ \\t]+|[ \\t]*\\n[ \\t]*(?:NVRM:[ \\t]*)?)';

/** A pattern of the table: each run of spaces outside a class is a gap. */
function expressionOf(source: string, flags = 'm'): RegExp {
  const spaced = source.replace(/\\.|\[(?:\\.|[^\]\\])*\]| +/g, (part) => (part.startsWith(' ') ? gap : part));
  return new RegExp(spaced, flags);
}
