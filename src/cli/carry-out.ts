import { ExitCode, UserError } from '../errors.js';
import type { MutableHost } from '../host/host.js';
import { nearestMatch } from '../nearest-match.js';
import { applyPlan, isNothingLeft } from '../setup/apply.js';
import { beginJournal, type Journal, type OpenJournal, readJournals, reopenJournal } from '../setup/journal.js';
import { lastRun, type RunKind } from '../setup/journal-record.js';
import type { Plan, PlannedStep } from '../setup/plan.js';
import { installResumeUnit, removeResumeUnit } from '../setup/resume-unit.js';
import type { Ending, RunEvent } from '../setup/run-event.js';
import { kindOf } from '../setup/step-kinds.js';
import { inOrder } from '../setup/step-order.js';
import { checkPlanFits, identityOf } from '../setup/this-machine.js';
import { stepsToUndo, undoPlan } from '../setup/undo.js';
import { packageFile } from './package.js';
import { liveList, plainList } from './step-list.js';
import type { Terminal } from './terminal.js';
import { atWork, type Workplace } from './workplace.js';

export interface CarryOutOptions {
  readonly json?: boolean;
  readonly yes?: boolean;
  /** The last step to carry out. */
  readonly until?: string;
}

/** Asks, carries `plan` out on this machine and says how that ended. Nothing is asked where nothing is left to do. */
export async function carryOutPlan(terminal: Terminal, plan: Plan, options: CarryOutOptions, show: () => void): Promise<ExitCode> {
  checkUntil(plan, options.until);
  refuseWithoutRoot(plan.steps);
  return atWork(terminal, async (workplace) => {
    await checkPlanFits(plan, workplace.host);
    const unfinished = (await readJournals(workplace.stateDirectory)).find((each) => isOpen(each) && stepsToUndo(each).length > 0);
    if (unfinished) {
      throw new UserError(`Plan ${unfinished.id} is not finished: ${howItEnded(unfinished)}`, {
        hint: '`gpu-setup resume` goes on with it, `gpu-setup undo` takes it back',
        exitCode: ExitCode.failed,
      });
    }
    if (await isNothingLeft(plan.steps, workplace.host)) {
      const document = { format: 1, plan: null, run: 'apply', outcome: 'done', exitCode: ExitCode.ok, events: [] };
      terminal.out(options.json ? JSON.stringify(document, null, 2) : 'Nothing to do: the machine is as planned');
      return ExitCode.ok;
    }
    if (!options.yes) {
      show();
      await agreed(terminal, options, `Carry out these ${plan.steps.length} steps?`);
    }
    return runOf(terminal, workplace, await beginJournal(workplace.stateDirectory, plan, null, workplace.clock), 'apply', options);
  });
}

/** Goes on with what was cut off, failed or waits for a reboot that has happened. `again` plans what comes after a reboot. */
export async function goOn(
  terminal: Terminal,
  options: CarryOutOptions & { readonly afterBoot?: boolean },
  again: (plan: Plan) => Promise<Plan>,
): Promise<ExitCode> {
  return atWork(terminal, async (workplace) => {
    const journals = await readJournals(workplace.stateDirectory);
    const journal = journals.findLast((each, index) => isOpen(each) && (index === journals.length - 1 || stepsToUndo(each).length > 0));
    if (!journal || (options.afterBoot && lastRun(journal.records).how !== 'reboot')) {
      terminal.out(
        options.json
          ? JSON.stringify({ format: 1, plan: null, run: 'resume', outcome: 'done', exitCode: 0, events: [] }, null, 2)
          : 'Nothing to go on with',
      );
      return ExitCode.ok;
    }
    refuseWithoutRoot(journal.plan.steps);
    checkUntil(journal.plan, options.until);
    if (journal.plan.madeOn.machineId !== (await identityOf(workplace.host)).machineId)
      throw new UserError('The journal is of another machine', { exitCode: ExitCode.failed });
    const last = lastRun(journal.records);
    const open = await reopenJournal(journal, workplace.clock);
    // An undo that was cut off goes on as an undo.
    if (last.run === 'undo' && last.how !== 'undone') return runOf(terminal, workplace, open, 'undo', options, last.from ?? undefined);
    const code = await runOf(terminal, workplace, open, 'resume', options);
    if (code !== ExitCode.ok || journal.plan.complete || options.until !== undefined) return code;
    return continuation(terminal, workplace, journal, options, again);
  });
}

/** The second part of a plan that a reboot ended, planned on the machine as it now is. */
async function continuation(
  terminal: Terminal,
  workplace: Workplace,
  { id, plan }: Journal,
  options: CarryOutOptions & { readonly afterBoot?: boolean },
  again: (plan: Plan) => Promise<Plan>,
): Promise<ExitCode> {
  const next = await again(plan);
  if (await isNothingLeft(next.steps, workplace.host)) {
    terminal.say('After the reboot nothing is left to do');
    return ExitCode.ok;
  }
  const open = next.steps.filter((step) => step.alreadyDone !== true && step.kind !== 'check-gpu-owner');
  const [only] = open;
  if (only?.kind === 'reboot' && open.length === 1) {
    // A second boot would not do what the first one did not.
    throw new UserError(`The machine was started anew, and what that was for is not so: ${only.why.words}`, {
      hint: '`gpu-setup doctor` says what stands in the way; `gpu-setup undo` takes the plan back',
      exitCode: ExitCode.failed,
    });
  }
  const foreseen = new Set([...plan.steps, ...plan.afterReboot].map((step) => step.id));
  const unforeseen = next.steps.filter((step) => step.alreadyDone !== true && !foreseen.has(step.id));
  if (unforeseen.length > 0 && !options.yes) {
    const names = unforeseen.map((step) => `\`${step.id}\``).join(', ');
    await agreed(terminal, options, `The plan after the reboot has steps that the first one did not foresee: ${names}. Carry it out?`);
  }
  return runOf(terminal, workplace, await beginJournal(workplace.stateDirectory, next, id, workplace.clock), 'apply', options);
}

/** Takes back `from` and everything after it, or the whole of what was last carried out. */
export async function takeBack(terminal: Terminal, from: string | undefined, options: CarryOutOptions): Promise<ExitCode> {
  return atWork(terminal, async (workplace) => {
    const journals = await readJournals(workplace.stateDirectory);
    const touched = journals.filter((each) => stepsToUndo(each).length > 0);
    const target =
      from === undefined ? oldestOf(touched.at(-1), touched) : touched.findLast((each) => stepsToUndo(each).some(({ id }) => id === from));
    if (!target) {
      if (from !== undefined) throw noSuchStep(from, touched);
      terminal.out(
        options.json
          ? JSON.stringify({ format: 1, plan: null, run: 'undo', outcome: 'done', exitCode: 0, events: [] }, null, 2)
          : 'Nothing to undo',
      );
      return ExitCode.ok;
    }
    const doomed = touched.slice(touched.indexOf(target)).toReversed();
    const steps = doomed.flatMap((each) => stepsToUndo(each, each === target ? from : undefined));
    refuseWithoutRoot(steps);
    if (!options.yes) {
      terminal.say(
        ['To be taken back, in this order:', ...steps.map((step) => `  ${step.id}: ${kindOf(step).describe(step.params).undo.words}`)].join(
          '\n',
        ),
      );
      await agreed(terminal, options, `Take back ${steps.length} step${steps.length === 1 ? '' : 's'}?`);
    }
    for (const each of doomed) {
      const code = await runOf(
        terminal,
        workplace,
        await reopenJournal(each, workplace.clock),
        'undo',
        options,
        each === target ? from : undefined,
      );
      if (code !== ExitCode.ok) return code;
    }
    return ExitCode.ok;
  });
}

/** The first of the plans that `journal` goes on with. */
function oldestOf(journal: Journal | undefined, all: readonly Journal[]): Journal | undefined {
  const before = journal && all.find(({ id }) => id === journal.continues);
  return before ? oldestOf(before, all) : journal;
}

function noSuchStep(step: string, journals: readonly Journal[]): UserError {
  const ids = journals.flatMap((each) => stepsToUndo(each).map(({ id }) => id));
  const near = nearestMatch(step, ids);
  return new UserError(`There is no step \`${step}\` to take back`, {
    hint: near ? `did you mean \`${near}\`?` : '`gpu-setup history` lists them',
  });
}

/** A plan that some command still has to bring to its end. */
export function isOpen(journal: Journal): boolean {
  const { run, from, how } = lastRun(journal.records);
  return how !== 'done' && !(run === 'undo' && how === 'undone' && from === null);
}

const howItEnded = (journal: Journal): string => {
  const { run, how } = lastRun(journal.records);
  return `its last ${run} ${{ 'cut-off': 'was cut off', reboot: 'waits for a reboot', failed: 'failed', interrupted: 'was interrupted', until: 'stopped where it should', done: 'is done', undone: 'took a part back' }[how]}`;
};

/** One run, written down from its beginning to its end. */
async function runOf(
  terminal: Terminal,
  workplace: Workplace,
  journal: OpenJournal,
  run: RunKind,
  options: CarryOutOptions,
  from?: string,
): Promise<ExitCode> {
  const host = workplace.mutable(journal);
  const steps = run === 'undo' ? stepsToUndo(journal, from) : (inOrder(journal.plan.steps) ?? []);
  const events: RunEvent[] = [];
  const asks = steps.some((step) =>
    kindOf(step)
      .describe(step.params)
      .commands.some((command) => command.asks),
  );
  const shown = steps.map((step) => ({ id: step.id, summary: kindOf(step).describe(step.params).summary }));
  // A serial line does not tell how wide it is, and what is drawn there would be broken anywhere.
  const drawable = terminal.interactive && process.stdout.isTTY && process.stdout.columns > 0;
  const list = drawable && !options.json && !asks ? liveList(shown, terminal) : plainList(terminal);
  const emit = (event: RunEvent) => {
    events.push(event);
    list.tell(event);
  };
  const onAbort = () => list.note('Interrupted: finishing the step at hand; a second Ctrl-C does not wait');
  terminal.signal.addEventListener('abort', onAbort, { once: true });
  let ending: Ending;
  try {
    await journal.append({ event: 'run', run, pid: process.pid, from: from ?? null });
    await removeResumeUnit(host);
    const common = { journal, host, signal: terminal.signal, emit };
    ending = run === 'undo' ? await undoPlan({ ...common, from }) : await applyPlan({ ...common, until: options.until });
    await list.end();
  } finally {
    terminal.signal.removeEventListener('abort', onAbort);
    await journal.close();
  }
  const goesOn = ending.how === 'reboot' && (await goOnAfterBoot(host, workplace, journal));
  const exitCode = exitCodes[ending.how];
  const document = { format: 1, plan: journal.id, run, outcome: ending.how, exitCode, goesOnAfterBoot: goesOn, events };
  if (options.json) terminal.out(JSON.stringify(document, null, 2));
  if (ending.how === 'failed' || ending.how === 'interrupted') throw problemOf(ending, run);
  if (!options.json) terminal.out(resultLine(ending, journal, run, goesOn));
  return exitCode;
}

const exitCodes: Record<Ending['how'], ExitCode> = {
  done: ExitCode.ok,
  until: ExitCode.ok,
  undone: ExitCode.ok,
  reboot: ExitCode.rebootNeeded,
  failed: ExitCode.failed,
  interrupted: ExitCode.interrupted,
};

function problemOf({ how, step, message, hint }: Ending, run: RunKind): UserError {
  const ways = run === 'undo' ? '`gpu-setup undo` goes on' : '`gpu-setup resume` goes on, `gpu-setup undo` takes it back';
  return how === 'interrupted'
    ? new UserError(`Interrupted before step \`${step}\``, { hint: ways, exitCode: ExitCode.interrupted })
    : new UserError(`Step \`${step}\` failed: ${message}`, { hint: hint ? `${hint}; then ${ways}` : ways, exitCode: ExitCode.failed });
}

function resultLine({ how, step }: Ending, { id, plan }: Journal, run: RunKind, goesOn: boolean): string {
  if (run === 'undo')
    return step === null ? `Undone: plan ${id} is taken back` : `Undone: step \`${step}\` of plan ${id} and what came after it`;
  if (how === 'until') return `Done as far as \`${step}\`: \`gpu-setup resume\` goes on`;
  if (how === 'reboot')
    return `Restart the machine: \`systemctl reboot\`. ${goesOn ? 'It goes on by itself after the boot' : 'Then `gpu-setup resume` goes on'}`;
  return plan.complete ? `Done: plan ${id}; \`gpu-setup undo\` takes it back` : `Done: plan ${id}, as far as the reboot`;
}

/** Whether systemd will go on; without it a person does. */
async function goOnAfterBoot(host: MutableHost, { stateDirectory }: Workplace, { directory }: Journal): Promise<boolean> {
  const argv = [process.execPath, packageFile('dist/cli/main.js'), 'resume', '--after-boot'];
  return installResumeUnit(host, { argv, stateDirectory, journal: `${directory}/journal.jsonl` });
}

async function agreed(terminal: Terminal, { json }: CarryOutOptions, question: string): Promise<void> {
  // A question would get into the document.
  if (json) throw new UserError(`This needs an answer: ${question}`, { hint: 'pass `--yes` to say yes', exitCode: ExitCode.answerNeeded });
  if (!(await terminal.confirm(question, '--yes'))) throw new UserError('Nothing was done', { exitCode: ExitCode.interrupted });
}

function checkUntil({ steps }: Plan, until: string | undefined): void {
  const ids = steps.map(({ id }) => id);
  if (until === undefined || ids.includes(until)) return;
  const near = nearestMatch(until, ids);
  throw new UserError(`The plan has no step \`${until}\``, {
    hint: near ? `did you mean \`${near}\`?` : `its steps are ${ids.map((id) => `\`${id}\``).join(', ')}`,
  });
}

function refuseWithoutRoot(steps: readonly PlannedStep[]): void {
  const root = steps.some((step) => kindOf(step).describe(step.params).needs.includes('root'));
  if (root && process.getuid?.() !== 0)
    throw new UserError('This needs root', { hint: 'run it with `sudo`', exitCode: ExitCode.rootNeeded });
}
