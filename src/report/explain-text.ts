import type { Explanation, Failure } from '../doctor/explain/explain-log.js';
import type { Layout } from './doctor-text.js';
import { wrapped } from './wrapped.js';

/** Where each signature is explained at length. */
export const signaturePage = 'docs/signatures.md';

const colours = { blocker: 'red', warning: 'yellow', note: 'cyan' } as const;
const under = ' '.repeat(7);

/** An explanation for people: the failures, first cause first, each with its line, and what nothing explains. */
export function explainText(explanation: Explanation, layout: Layout): string {
  const { failures, unknown } = explanation;
  const blocks = failures.map((failure, index) => failureText(failure, index, layout));
  if (failures.length === 0) blocks.push(nothingKnownText(explanation, layout));
  if (unknown.length > 0) blocks.push(unknownText(explanation, layout));
  blocks.push(countsText(explanation));
  return blocks.join('\n\n');
}

function failureText(failure: Failure, index: number, { style, columns: width }: Layout): string {
  const { id, title, severity, line, lines, count, text, cause, remedy, commands, symptomOf } = failure;
  const head = wrapped(`${title} (${id})`, { width, first: `${index + 1}. `, indent: '   ' });
  const entry = (word: string, words: string) => {
    const laid = wrapped(words, { width, first: `  ${word.padEnd(5)}`, indent: under });
    return laid.replace(word, style('dim', word));
  };
  const others = lines.slice(1, 4).join(', ');
  return [
    style('bold', style(colours[severity], head)),
    entry('seen', `line ${line}: ${printable(text)}`),
    ...(count > 1 ? [`${under}and ${count - 1} more, on line${count > 2 ? 's' : ''} ${others}${count > 4 ? ', …' : ''}`] : []),
    ...(symptomOf ? [entry('from', `a symptom of ${symptomOf}; mend that first`)] : []),
    entry('why', cause),
    entry('cure', remedy),
    // Never broken into lines: they are there to be copied.
    ...commands.map((command) => `${under}$ ${style('cyan', command)}`),
    entry('more', `${signaturePage}#${id}`),
  ].join('\n');
}

function nothingKnownText({ bytes, unknownCount }: Explanation, { style, columns: width }: Layout): string {
  if (bytes === 0) return 'The log is empty';
  if (unknownCount === 0) return style('green', 'No failure that is known, and no line that looks like an error');
  return wrapped('No failure that is known', { width });
}

function unknownText({ unknown, unknownCount }: Explanation, { style, columns: width }: Layout): string {
  const left = unknownCount - unknown.length;
  return [
    style('bold', 'Lines that look like errors and are not explained'),
    ...unknown.map(({ line, text }) => wrapped(`line ${line}: ${printable(text)}`, { width, first: '  ', indent: '    ' })),
    ...(left > 0 ? [`  and ${left} more`] : []),
  ].join('\n');
}

function countsText({ failures, unknownCount, lines }: Explanation): string {
  const several = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  return [several(failures.length, 'known failure'), `${unknownCount} unexplained`, `${several(lines, 'line')} read`].join(', ');
}

/** A log must not steer the terminal that shows it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const printable = (text: string) => text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '').trim();
