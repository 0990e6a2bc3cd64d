import { type Check, chain, type Finding } from '../doctor/finding.js';
import type { Machine } from '../doctor/machine.js';
import { countWords } from './count-words.js';
import { countsOf } from './doctor-document.js';
import { type DoctorReport, placeOf } from './doctor-report.js';
import { printableReport } from './printable.js';
import { statusWord } from './status-word.js';
import { wrapped } from './wrapped.js';

export type Style = (format: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string;

/** How a report is laid out: with what colours, and in how many columns. */
export interface Layout {
  readonly style: Style;
  readonly columns: number;
}

/** A report for people: the machine, the first broken link with its cure, then everything along the chain. */
export function doctorText(report: DoctorReport, layout: Layout): string {
  const { machine, host, firstBroken, findings } = printableReport(report);
  const { style } = layout;
  const blocks = [machineText(machine, host, layout), firstBrokenText(firstBroken, findings, layout)];
  for (const link of chain) {
    const here = findings.filter((finding) => finding.link === link && finding.status !== 'blocked');
    if (here.length > 0)
      blocks.push([style('bold', link), ...here.map((finding) => findingText(finding, finding === firstBroken, layout))].join('\n'));
  }
  blocks.push(...blockedText(findings, layout), countsText(findings, layout));
  return blocks.join('\n\n');
}

/** One line for each check, for `--list`. */
export function checkListText(checks: readonly Pick<Check, 'id' | 'title' | 'link'>[], { columns }: Pick<Layout, 'columns'>): string {
  const width = Math.max(...checks.map(({ id }) => id.length)) + 2;
  return checks.map(({ id, title }) => wrapped(title, { width: columns, first: id.padEnd(width), indent: ' '.repeat(width) })).join('\n');
}

function machineText({ system, kernel, runsIn, gpus, driver }: Machine, host: DoctorReport['host'], { columns }: Layout): string {
  const where = placeOf(host, runsIn);
  const first = [system ?? 'An unknown distribution', kernel ? `kernel ${kernel}` : 'no running kernel', where].filter(Boolean).join(', ');
  const names = gpus?.map(({ address, vendor, device, driver: owner }) => `${address} ${vendor}:${device} (${owner ?? 'no driver'})`);
  const second = names === undefined ? 'GPUs unknown' : names.length === 0 ? 'no NVIDIA GPU' : `NVIDIA GPU ${names.join(', ')}`;
  return [first, [second, driver && `NVIDIA driver ${driver}`].filter(Boolean).join(', ')]
    .map((line) => wrapped(line, { width: columns, indent: '  ' }))
    .join('\n');
}

function firstBrokenText(finding: Finding | undefined, findings: readonly Finding[], layout: Layout): string {
  const { style, columns } = layout;
  if (!finding) {
    const unseen = findings.filter(({ status }) => status === 'undetermined' || status === 'crashed').length;
    if (unseen === 0) return style('green', 'No broken link');
    return `No broken link was found, and ${unseen} of ${findings.length} checks could not look`;
  }
  const blocked = findings.filter(({ blockedBy }) => blockedBy === finding.id).length;
  const hanging = blocked === 1 ? '1 further check hangs on it' : `${blocked} further checks hang on it`;
  return [
    style('bold', style('red', `First broken link: ${finding.link}`)),
    wrapped(`${finding.summary} (${finding.id})`, { width: columns, first: '  ', indent: '  ' }),
    ...detailLines(finding, '  ', layout),
    ...(blocked > 0 ? [`  ${hanging}`] : []),
  ].join('\n');
}

const colours = { blocker: 'red', warning: 'yellow', note: 'cyan', ok: 'green', crashed: 'red' } as const;
/** As wide as the longest of those words, and a space. */
const column = 8;
const deep = ' '.repeat(2 + column);

function findingText(finding: Finding, shownAbove: boolean, layout: Layout): string {
  const { style, columns: width } = layout;
  const word = statusWord(finding);
  const colour = word in colours ? colours[word as keyof typeof colours] : 'dim';
  const text = `${finding.summary} (${finding.id})${shownAbove ? ', see above' : ''}`;
  const line = wrapped(text, { width, first: `  ${word.padEnd(column)}`, indent: deep }).replace(word, style(colour, word));
  if (finding.status === 'crashed')
    return [line, ...finding.evidence.map((each) => wrapped(each, { width, first: deep, indent: deep }))].join('\n');
  return finding.status !== 'found' || shownAbove ? line : [line, ...detailLines(finding, deep, layout)].join('\n');
}

/** Why it matters, how we know, and what mends it, each behind a word. */
function detailLines(
  { why, evidence, remedy, links, severity }: Finding,
  indent: string,
  { style, columns: width }: Layout,
): readonly string[] {
  const under = `${indent}     `;
  const entry = (word: string, text: string) => {
    const line = wrapped(text, { width, first: `${indent}${word.padEnd(5)}`, indent: under });
    return line.replace(word, style('dim', word));
  };
  const needs = remedy && remedy.needs.length > 0 ? ` (needs ${remedy.needs.join(', ')})` : '';
  return [
    ...(why ? [entry('why', why)] : []),
    ...evidence.map((line, index) => (index === 0 ? entry('seen', line) : wrapped(line, { width, first: under, indent: under }))),
    ...(remedy ? [entry('cure', remedy.summary + needs)] : []),
    // Never broken into lines: they are there to be copied.
    ...(remedy?.commands.map((command) => `${under}$ ${style('cyan', command)}`) ?? []),
    ...(severity === 'blocker' ? links.map((link) => entry('more', link)) : []),
  ];
}

function blockedText(findings: readonly Finding[], { style, columns: width }: Layout): readonly string[] {
  const causes = [...new Set(findings.flatMap(({ blockedBy }) => blockedBy ?? []))];
  return causes.map((cause) => {
    const ids = findings.filter(({ blockedBy }) => blockedBy === cause).map(({ id }) => id);
    return [style('bold', `blocked by ${cause}`), wrapped(ids.join(', '), { width, first: '  ', indent: '  ' })].join('\n');
  });
}

function countsText(findings: readonly Finding[], { columns: width }: Layout): string {
  return wrapped(countWords(countsOf(findings)).join(', '), { width, indent: '  ' });
}
