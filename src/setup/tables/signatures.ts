import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { readTable, tables } from './read-table.js';
import { sourced } from './row-source.js';

const words = z.string().min(1);

/** What a failure looks like in a log. */
const pattern = z.strictObject({
  /** A regular expression; a space in it stands for any blank, and for the break of a wrapped line. */
  match: words,
  /** Text that the log must hold for `match` to be tried; worked out of `match` where it is not given. */
  find: z.array(words).min(1).optional(),
  /** What must stand in the lines around the match. */
  near: words.optional(),
  /** What, in the match's line or in those after it, makes it harmless. */
  unless: words.optional(),
});

const signature = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  title: words,
  severity: z.enum(['blocker', 'warning', 'note']).default('blocker'),
  patterns: z.array(z.union([words.transform((match): SignaturePattern => ({ match })), pattern])).min(1),
  /** `{name|other words}` stands for what the match captured by that name, or for the other words. */
  cause: words,
  remedy: words,
  commands: z.array(words).default([]),
  /** Signatures that are only symptoms of this one where both are found. */
  causes: z.array(z.string()).default([]),
  /** The doctor's checks that look for the same on a machine. */
  checks: z.array(z.string()).default([]),
  sources: z.array(words).min(1),
  /** Text as the tools print it, which must be found. */
  examples: z.array(words).min(1),
  /** Text like it which must not be. */
  counterexamples: z.array(words).min(1),
});

export type SignaturePattern = z.output<typeof pattern>;
export type Signature = z.output<typeof signature>;

/** The known failures of logs, group by group: each file of `configs/support/signatures` is one. */
export const signatureGroups: readonly { readonly name: string; readonly signatures: readonly Signature[] }[] = readdirSync(
  new URL('signatures/', tables),
)
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => ({
    name: name.replace('.yaml', ''),
    signatures: readTable(`signatures/${name}`, z.strictObject({ ...sourced, signatures: z.array(signature) })).signatures,
  }));

export const signatures: readonly Signature[] = signatureGroups.flatMap((group) => group.signatures);
