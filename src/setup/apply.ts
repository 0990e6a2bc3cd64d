import { messageOf, UserError } from '../errors.js';
import type { Host, MutableHost } from '../host/host.js';
import type { OpenJournal } from './journal.js';
import type { PlannedStep } from './plan.js';
import type { Emit, Ending, StepProgress } from './run-event.js';
import { kindOf } from './step-kinds.js';
import { inOrder } from './step-order.js';
import { undoStep } from './undo.js';

export interface Applying {
  readonly journal: OpenJournal;
  readonly host: MutableHost;
  /** Asks to stop: the step at hand is finished, no other begins. */
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** The last step to carry out. */
  readonly until?: string | undefined;
}

/**
 * Carries out the plan of `journal`, from its beginning or from wherever an earlier run was cut off: the machine is asked of
 * each step whether it is so already, and the journal says what undo needs. A step is believed when the machine shows that it
 * worked, whatever its programs ended with. The caller holds the lock and has begun the run in the journal.
 */
export async function applyPlan(applying: Applying): Promise<Ending> {
  const { journal, signal, until } = applying;
  const steps = inOrder(journal.plan.steps);
  if (!steps) throw new Error('The steps of the plan wait for each other');
  const pending = await pendingSteps(steps, applying);
  for (const [index, step] of steps.entries()) {
    if (signal.aborted) return giveBack(applying, steps, { how: 'interrupted', step: step.id, message: null, hint: null });
    const needed = kindOf(step).role !== 'clears-the-way' || steps.slice(index + 1).some(({ id }) => pending.has(id));
    const ending = needed ? await applyStep(step, applying) : await skip(step, applying);
    if (ending?.how === 'failed' || ending?.how === 'interrupted') return giveBack(applying, steps, ending);
    if (ending) return end(applying, ending);
    if (step.id === until && index < steps.length - 1) return end(applying, { how: 'until', step: step.id, message: null, hint: null });
  }
  return end(applying, { how: 'done', step: null, message: null, hint: null });
}

/** Whether nothing is left to do: the plan's steps that last are so, and what has to run runs. */
export async function isNothingLeft(steps: readonly PlannedStep[], host: Host): Promise<boolean> {
  for (const step of steps) {
    const { role, isCarriedOut } = kindOf(step);
    if (role !== 'clears-the-way' && (await isCarriedOut(step.params, host)) !== 'done') return false;
  }
  return true;
}

/** Steps that last and are not so yet: only for them the way is cleared. */
async function pendingSteps(steps: readonly PlannedStep[], { host }: Applying): Promise<ReadonlySet<string>> {
  const pending = new Set<string>();
  for (const step of steps) {
    const { role, isCarriedOut } = kindOf(step);
    if (role === 'lasting' && (await isCarriedOut(step.params, host)) !== 'done') pending.add(step.id);
  }
  return pending;
}

/** One step; undefined where it is so now and the run goes on. */
async function applyStep(step: PlannedStep, { journal, host, emit, signal }: Applying): Promise<Ending | undefined> {
  const kind = kindOf(step);
  const { id, params } = step;
  const stand = journal.stateOf(id);
  const began = performance.now();
  const tell = (state: StepProgress, message: string | null = null) =>
    emit({ event: 'step', step: id, summary: kind.describe(params).summary, state, ms: Math.round(performance.now() - began), message });

  if ((await kind.isCarriedOut(params, host)) === 'done') {
    const begun = stand.state === 'started' || stand.state === 'undoing';
    if (begun) await journal.append({ event: 'done', step: id, undo: await kind.settle(params, stand.before, host), warning: null });
    else if (stand.state !== 'done' && stand.state !== 'found-done') await journal.append({ event: 'found-done', step: id });
    tell(begun ? 'recovered' : 'already-so');
    return undefined;
  }
  if (kind.role === 'ends-the-run') {
    await journal.append({ event: 'started', step: id, before: null });
    tell('waits-for-reboot');
    return { how: 'reboot', step: id, message: null, hint: null };
  }

  let problem: unknown;
  try {
    // What an earlier try found counts: this one would find its half-done work.
    const before = 'before' in stand ? stand.before : await kind.before(params, host);
    await journal.append({ event: 'started', step: id, before });
    tell('running');
    problem = await kind.apply(params, before, host, { signal, progress: (words) => tell('running', words) }).then(
      () => undefined,
      (thrown) => thrown ?? new Error('nothing was said'),
    );
    const after = await kind.isCarriedOut(params, host);
    if (after === 'done') {
      const warning = problem === undefined ? null : messageOf(problem);
      await journal.append({ event: 'done', step: id, undo: await kind.settle(params, before, host), warning });
      tell('done', warning);
      return undefined;
    }
    problem ??= new UserError(
      after === 'not-done'
        ? `Its programs ended well, yet the machine is not so: ${expected(step)}`
        : `Nothing shows whether it worked: ${expected(step)}`,
    );
  } catch (error) {
    problem = error;
  }
  // What it has is kept, and `started` says that it is to be gone on with.
  if (signal.aborted && problem instanceof Error && problem.name === 'AbortError')
    return { how: 'interrupted', step: id, message: null, hint: null };
  const message = messageOf(problem);
  // Where even this cannot be written, the journal says `started`, which is enough.
  await journal.append({ event: 'failed', step: id, message }).catch(() => undefined);
  tell('failed', message);
  if (!(problem instanceof UserError)) throw problem;
  return { how: 'failed', step: id, message, hint: problem.hint ?? null };
}

const expected = ({ params, ...step }: PlannedStep): string =>
  kindOf(step)
    .describe(params)
    .proof.map(({ command, file, expect }) => `${command ? `\`${[command.program, ...command.args].join(' ')}\`` : file} ${expect}`)
    .join('; ');

async function skip(step: PlannedStep, { journal, emit }: Applying): Promise<undefined> {
  const { state } = journal.stateOf(step.id);
  if (state === 'pending' || state === 'undone') await journal.append({ event: 'not-needed', step: step.id });
  const { summary } = kindOf(step).describe(step.params);
  emit({ event: 'step', step: step.id, summary, state: 'not-needed', ms: 0, message: null });
  return undefined;
}

/** A run that ends early leaves no desktop stopped for what it did not do. */
async function giveBack(applying: Applying, steps: readonly PlannedStep[], ending: Ending): Promise<Ending> {
  for (const step of steps.toReversed()) {
    const { state } = applying.journal.stateOf(step.id);
    if (kindOf(step).role !== 'clears-the-way' || (state !== 'done' && state !== 'started')) continue;
    await undoStep(step, applying, 'given-back').catch((error) => {
      // What failed first is what has to be mended.
      if (!(error instanceof UserError)) throw error;
    });
  }
  return end(applying, ending);
}

async function end({ journal, emit }: Applying, ending: Ending): Promise<Ending> {
  // On a full disk the run counts as cut off, which it was.
  await journal.append({ event: 'ended', how: ending.how }).catch((error) => {
    if (ending.how !== 'failed') throw error;
  });
  emit({ event: 'ended', ...ending });
  return ending;
}
