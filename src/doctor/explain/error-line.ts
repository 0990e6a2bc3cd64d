/** Text that a line which looks like an error holds; pieces, as `LiteralSearch` looks for them. */
export const errorWords: readonly string[] = [
  'error:',
  'Error:',
  'ERROR:',
  'ERROR ',
  'ERROR]',
  'Error!',
  'fatal:',
  'fatal ',
  'FATAL:',
  'FATAL ',
  'FATAL]',
  'failed',
  'Failed',
  'FAILED',
  'Exception:',
  '*** No',
  '] Error ',
  'E: Unab',
  'E: Sub-',
  'E: Pack',
  'E: Coul',
  'npm ERR!',
  'npm error',
  'NVRM: Xid',
  'Segmentation fault',
  'command not found',
];

const errors: readonly RegExp[] = [
  /\b(?:error|Error|ERROR|fatal|Fatal|FATAL)\b ?[\]!:]/,
  /^(?:ERROR|FATAL)\b/,
  /\b[A-Z]\w*(?:Error|Exception):/,
  /\b(?:failed|Failed|FAILED)\b/,
  /\*\*\* .*(?:Error \d+|Stop\.)/,
  /^E: /,
  /\bnpm (?:ERR!|error)/,
  /NVRM: Xid/,
  /Segmentation fault|command not found/,
];

/** Counts of nothing, what follows in make from an error below, what was asked to happen on an error, a compiler's warnings, and the kernel's remark on every module of others. */
const harmless: readonly RegExp[] = [
  /\b(?:0|no|without|No) (?:\w+ ){0,2}(?:errors?|failed|failures?)\b/,
  /\b(?:errors?|failed|failures?)\b ?[:=] ?0\b/i,
  /\berrors?[=:] ?(?:remount-ro|none|None|null|false)\b/,
  /\bmake\[\d+\]: \*\*\* \[/,
  /: (?:warning|note): /,
  /module verification failed: signature and\/or required key missing/,
];

/** Where in a line, without its prefix, it says that something failed; -1 where it does not. */
export function errorIn(line: string): number {
  if (harmless.some((pattern) => pattern.test(line))) return -1;
  const places = errors.map((pattern) => line.search(pattern)).filter((place) => place >= 0);
  return places.length === 0 ? -1 : Math.min(...places);
}
