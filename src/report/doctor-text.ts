import { chain, type Check, type Finding } from '../doctor/finding.js';
import type { Machine } from '../doctor/machine.js';
import { countsOf } from './doctor-document.js';
import type { DoctorReport } from './doctor-report.js';
import { wrapped } from './wrapped.js';

export type Style = (format: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string;

/** A report for people: the machine, the first broken link with its cure, then everything along the chain. */
export function doctorText(report: DoctorReport, { style }: { style: Style }): string {
  const { machine, host, firstBroken, findings } = report;
  const blocks = [machineText(machine, host), firstBrokenText(firstBroken, findings, style)];
  for (const link of chain) {
    const here = findings.filter((finding) => finding.link === link && finding.status !== 'blocked');
    if (here.length > 0) blocks.push([style('bold', link), ...here.map((finding) => findingText(finding, finding === firstBroken, style))].join('\n'));
  }
  blocks.push(...blockedText(findings, style), countsText(findings));
  return blocks.join('\n\n');
}

/** One line for each check, for `--list`. */
export function checkListText(checks: readonly Pick<Check, 'id' | 'title' | 'link'>[]): string {
  const width = Math.max(...checks.map(({ id }) => id.length));
  return checks.map(({ id, title }) => wrapped(`${id.padEnd(width)}\u0000${title}`, { indent: ' '.repeat(width + 2) }).replace('\u0000', '  ')).join('\n');
}

function machineText({ system, kernel, runsIn, gpus, driver }: Machine, host: DoctorReport['host']): string {
  const where = host.origin === 'live' ? runsIn : `${host.origin === 'root' ? 'the folder' : 'the snapshot'} ${host.path}`;
  const first = [system ?? 'An unknown distribution', kernel ? `kernel ${kernel}` : 'no running kernel', where].filter(Boolean).join(', ');
  const names = gpus?.map(({ address, vendor, device, driver: owner }) => `${address} ${vendor}:${device} (${owner ?? 'no driver'})`);
  const second = names === undefined ? 'GPUs unknown' : names.length === 0 ? 'no NVIDIA GPU' : `NVIDIA GPU ${names.join(', ')}`;
  return [first, [second, driver && `NVIDIA driver ${driver}`].filter(Boolean).join(', ')].map((line) => wrapped(line, { indent: '  ' })).join('\n');
}

function firstBrokenText(finding: Finding | undefined, findings: readonly Finding[], style: Style): string {
  if (!finding) {
    const unseen = findings.filter(({ status }) => status === 'undetermined' || status === 'crashed').length;
    return unseen === 0
      ? style('green', 'No broken link')
      : `No broken link was found; ${unseen} of ${findings.length} checks could not look`;
  }
  const blocked = findings.filter(({ blockedBy }) => blockedBy === finding.id).length;
  return [
    style('bold', style('red', `First broken link: ${finding.link}`)),
    wrapped(`  ${finding.summary} (${finding.id})`, { indent: '  ' }),
    ...detailLines(finding, '  ', style),
    ...(blocked > 0 ? [wrapped(`  ${blocked} further checks hang on it; mend this first`, { indent: '  ' })] : []),
  ].join('\n');
}

const words = {
  clear: 'ok',
  blocked: 'blocked',
  'not-applicable': 'n/a',
  undetermined: 'unknown',
  crashed: 'crashed',
} as const;

function findingText(finding: Finding, shownAbove: boolean, style: Style): string {
  const word = finding.status === 'found' ? finding.severity! : words[finding.status];
  const colour = ({ blocker: 'red', warning: 'yellow', crashed: 'red', ok: 'green' } as const)[word as string] ?? 'dim';
  const line = wrapped(`  ${word.padEnd(8)} ${finding.summary} (${finding.id})`, { indent: ' '.repeat(11) });
  const painted = line.replace(word, style(colour, word));
  if (finding.status === 'crashed') return [painted, ...finding.evidence.map((each) => wrapped(`           ${each}`, { indent: ' '.repeat(11) }))].join('\n');
  if (finding.status !== 'found') return painted;
  return shownAbove ? `${painted}, see above` : [painted, ...detailLines(finding, ' '.repeat(11), style)].join('\n');
}

/** Why it matters, how we know, and what mends it, each behind a word. */
function detailLines({ why, evidence, remedy, links, severity }: Finding, indent: string, style: Style): readonly string[] {
  const entry = (word: string, text: string) => {
    const line = wrapped(`${indent}${word.padEnd(5)} ${text}`, { indent: `${indent}      ` });
    return line.replace(word, style('dim', word));
  };
  const commands = remedy?.commands.map((command) => `${indent}      $ ${style('cyan', command)}`) ?? [];
  const needs = remedy && remedy.needs.length > 0 ? ` (needs ${remedy.needs.join(', ')})` : '';
  return [
    ...(why ? [entry('why', why)] : []),
    ...evidence.map((line, index) => (index === 0 ? entry('seen', line) : wrapped(`${indent}      ${line}`, { indent: `${indent}      ` }))),
    ...(remedy ? [entry('cure', remedy.summary + needs), ...commands] : []),
    ...(severity === 'blocker' ? links.map((link) => entry('more', link)) : []),
  ];
}

function blockedText(findings: readonly Finding[], style: Style): readonly string[] {
  const causes = [...new Set(findings.flatMap(({ blockedBy }) => blockedBy ?? []))];
  return causes.map((cause) => {
    const ids = findings.filter(({ blockedBy }) => blockedBy === cause).map(({ id }) => id);
    return [style('bold', `blocked by ${cause}`), wrapped(`  ${ids.join(', ')}`, { indent: '  ' })].join('\n');
  });
}

function countsText(findings: readonly Finding[]): string {
  const { blocker, warning, note, clear, blocked, notApplicable, undetermined, crashed } = countsOf(findings);
  const several = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  const parts = [several(blocker, 'blocker'), several(warning, 'warning'), several(note, 'note'), `${clear} ok`];
  if (blocked > 0) parts.push(`${blocked} blocked`);
  if (undetermined > 0) parts.push(`${undetermined} unknown`);
  if (notApplicable > 0) parts.push(`${notApplicable} not applicable`);
  if (crashed > 0) parts.push(`${crashed} crashed`);
  return wrapped(parts.join(', '), { indent: '  ' });
}
