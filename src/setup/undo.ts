import { messageOf, UserError } from '../errors.js';
import type { MutableHost } from '../host/host.js';
import type { OpenJournal } from './journal.js';
import type { StepState } from './journal-record.js';
import type { PlannedStep } from './plan.js';
import type { Emit, Ending, StepProgress } from './run-event.js';
import { kindOf } from './step-kinds.js';
import { inOrder } from './step-order.js';

export interface Undoing {
  readonly journal: OpenJournal;
  readonly host: MutableHost;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** The first step to take back, with every one that came after it; undefined: all of them. */
  readonly from?: string | undefined;
}

const isTouched = (stand: StepState) => stand.state === 'started' || stand.state === 'done' || stand.state === 'undoing';

/** The steps that an undo takes back, in the order in which it does: the last one first, then what is made of the others. */
export function stepsToUndo({ plan, stateOf }: Pick<OpenJournal, 'plan' | 'stateOf'>, from?: string): readonly PlannedStep[] {
  const steps = inOrder(plan.steps) ?? plan.steps;
  const touched = steps
    .slice(
      from === undefined
        ? 0
        : Math.max(
            0,
            steps.findIndex(({ id }) => id === from),
          ),
    )
    .filter(({ id }) => isTouched(stateOf(id)))
    .toReversed();
  return [...touched.filter((step) => !kindOf(step).undoLast), ...touched.filter((step) => kindOf(step).undoLast)];
}

/** Takes back what the plan of `journal` did, from wherever it was cut off. The caller holds the lock and has begun the run. */
export async function undoPlan(undoing: Undoing): Promise<Ending> {
  const { journal, signal, emit, from } = undoing;
  const end = async (ending: Ending) => {
    await journal.append({ event: 'ended', how: ending.how }).catch((error) => {
      if (ending.how !== 'failed') throw error;
    });
    emit({ event: 'ended', ...ending });
    return ending;
  };
  for (const step of stepsToUndo(journal, from)) {
    if (signal.aborted) return end({ how: 'interrupted', step: step.id, message: null, hint: null });
    try {
      await undoStep(step, undoing, 'undone');
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return end({ how: 'failed', step: step.id, message: error.message, hint: error.hint ?? null });
    }
  }
  return end({ how: 'undone', step: from ?? null, message: null, hint: null });
}

/** Takes one step back, by what the journal keeps of it; of one that was cut off, by what was there before and is there now. */
export async function undoStep(
  { id, kind, params }: PlannedStep,
  { journal, host, emit }: Pick<Undoing, 'journal' | 'host' | 'emit'>,
  state: Extract<StepProgress, 'undone' | 'given-back'>,
): Promise<void> {
  const change = kindOf({ id, kind });
  const stand = journal.stateOf(id);
  if (!isTouched(stand) || !('before' in stand)) return;
  const began = performance.now();
  const tell = (now: StepProgress, message: string | null) =>
    emit({
      event: 'step',
      step: id,
      summary: change.describe(params).summary,
      state: now,
      ms: Math.round(performance.now() - began),
      message,
    });
  try {
    const record = 'undo' in stand ? stand.undo : await change.settle(params, stand.before, host);
    if (stand.state !== 'undoing') await journal.append({ event: 'undoing', step: id, undo: record });
    tell('undoing', null);
    const kept = (await change.undo(params, record, host)) ?? null;
    await journal.append({ event: 'undone', step: id, kept });
    tell(state, kept);
  } catch (error) {
    const message = messageOf(error);
    await journal.append({ event: 'failed', step: id, message }).catch(() => undefined);
    tell('failed', message);
    throw error;
  }
}
