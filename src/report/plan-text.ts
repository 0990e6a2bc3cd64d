import type { ByHand, Goal, Plan, PlannedStep, Refusal, RepairPlan } from '../setup/plan.js';
import type { Proof } from '../setup/step.js';
import { commandText } from './command-text.js';
import { printable } from './printable.js';
import { wrapped } from './wrapped.js';

/** Colours a word; the identity where there are no colours. */
export type Paint = (format: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string;

const goals: Record<Goal, string> = {
  driver: 'install the NVIDIA driver',
  'no-driver': 'take the NVIDIA driver away',
  'no-nouveau': "keep the kernel's own drivers off the GPU",
  nouveau: "let the kernel's own drivers have the GPU",
  repair: 'mend what the doctor found',
};

/** A plan, for people. */
export function planText(plan: Plan | RepairPlan, paint: Paint): string {
  const { madeOn, assumptions, decisions, preflight, warnings, steps, afterReboot } = plan;
  const open = steps.filter(({ alreadyDone }) => alreadyDone !== true).length;
  return [
    paint('bold', `Plan: ${goals[plan.goal]}`),
    `on ${madeOn.distribution ?? 'an unknown distribution'}, kernel ${madeOn.kernel ?? 'unknown'}, ${madeOn.architecture ?? 'architecture unknown'}`,
    ...assumptions.map((assumption) => paint('yellow', `ASSUMED: ${assumption}`)),
    '',
    ...decisions.flatMap(({ what, choice, why }) => [`${what.padEnd(14)} ${paint('bold', choice)}`, entry('', why, 15)]),
    ...section('Looked at before the installer would give up over it', preflight.map(preflightLine)),
    ...section(
      'Warnings',
      warnings.map((warning) => `${paint('yellow', '!')} ${warning}`),
    ),
    '',
    ...steps.flatMap((step, index) => stepLines(step, index + 1, paint)),
    ...(afterReboot.length > 0 ? [paint('bold', 'After the reboot, planned again then:'), ''] : []),
    ...afterReboot.flatMap((step, index) => stepLines(step, steps.length + index + 1, paint, false)),
    ...('byHand' in plan ? plan.byHand.flatMap((each) => byHandLines(each, paint)) : []),
    ...section(
      'It worked when',
      plan.proof.map((proof) => proofLine(proof)),
    ),
    '',
    summary(plan, open),
  ].join('\n');
}

/** Why there is no plan; the first reason is the error that the command ends with, so only the further ones are said here. */
export const furtherReasons = ({ reasons }: Refusal): readonly string[] =>
  reasons.slice(1).map(({ reason, hint }) => `also: ${reason}${hint ? ` (${hint})` : ''}`);

function summary(plan: Plan | RepairPlan, open: number): string {
  const { needs, complete, goal } = plan;
  const left = 'byHand' in plan ? plan.byHand.length : 0;
  const hands = left > 0 ? `; ${left} ${left === 1 ? 'thing is' : 'things are'} left to a person` : '';
  if (open === 0 && goal !== 'repair') return 'Nothing to do: the machine is as planned';
  if (open === 0) return left > 0 ? `No step of ours mends this${hands}` : 'Nothing to mend: no blocker and no warning';
  const ends = complete ? '' : `; it ends in a reboot, and goes on from there`;
  return `${open} step${open === 1 ? '' : 's'} to do; needs ${needs.join(', ') || 'nothing'}${hands}${ends}. Nothing has been changed`;
}

function byHandLines({ finding, summary: what, why, cure, commands, needs }: ByHand, paint: Paint): readonly string[] {
  return [
    wrapped(`${printable(what)}${paint('dim', ` [${finding}]`)}`, { width, first: `${paint('yellow', 'By hand')}: `, indent: '   ' }),
    entry('   why', printable(why)),
    ...(cure === null ? [] : [entry('   cure', `${cure}${needs.length > 0 ? ` (needs ${needs.join(', ')})` : ''}`)]),
    ...commands.map((command) => `          ${paint('cyan', `$ ${printable(command)}`)}`),
    '',
  ];
}

function stepLines(step: PlannedStep, number: number, paint: Paint, now = true): readonly string[] {
  const mark = !now
    ? ''
    : step.alreadyDone === true
      ? paint('green', ' (already so)')
      : step.alreadyDone === null
        ? paint('dim', ' (cannot tell whether it is so)')
        : '';
  const because = step.why.findings.length > 0 ? paint('dim', ` [${step.why.findings.join(', ')}]`) : '';
  const needs = step.needs.length > 0 ? `, needs ${step.needs.join(', ')}` : '';
  return [
    `${paint('bold', `${number}. ${step.summary}`)}${mark}`,
    entry('   why', `${step.why.words}${because}`),
    `   risk   ${step.risk}${needs}`,
    ...step.commands.map((command) => `   ${paint('cyan', `$ ${commandText(command)}`)}`),
    ...step.files.flatMap(({ path, change, diff }) =>
      change === 'none'
        ? [`   ${path} stays as it is`]
        : diff
            .trimEnd()
            .split('\n')
            .map((line) => `   ${painted(printable(line), paint)}`),
    ),
    entry('   undo', step.undo.words),
    ...step.undo.commands.map((command) => `          ${paint('dim', commandText(command))}`),
    ...step.proof.map((proof) => entry('   proof', proofLine(proof))),
    '',
  ];
}

const width = 100;
/** A word and what it is about, in two columns. */
const entry = (word: string, text: string, column = 10) => wrapped(text, { width, first: word.padEnd(column), indent: ' '.repeat(column) });

const painted = (given: string, paint: Paint) => {
  // The text of a file is somebody else's: it must not steer the terminal.
  const line = given.replace(/[^\P{Cc}\t]/gu, '\u{fffd}');
  return line.startsWith('+') ? paint('green', line) : line.startsWith('-') ? paint('red', line) : line;
};

const proofLine = ({ command, file, expect }: Proof): string => `${command ? `\`${commandText(command)}\`` : (file ?? '')} ${expect}`;

const preflightLine = ({ question, found, handledBy }: Plan['preflight'][number]): string =>
  `${question} ${found}${handledBy.length > 0 ? `; seen to by ${handledBy.join(', ')}` : ''}`;

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => wrapped(line, { width, first: '  ', indent: '    ' }))];
