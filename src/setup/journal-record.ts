import type { Plan } from './plan.js';
import type { Json } from './step.js';

export type RunKind = 'apply' | 'resume' | 'undo';
/** How a run ended; a run without such a record was cut off. */
export type EndingKind = 'done' | 'until' | 'reboot' | 'failed' | 'interrupted' | 'undone';

/** What happened, one line of the journal each. */
export type JournalEvent =
  | {
      readonly event: 'planned';
      readonly format: 1;
      readonly plan: Plan;
      /** The plan that this one goes on with, after the reboot that ended it. */
      readonly continues: string | null;
    }
  | { readonly event: 'run'; readonly run: RunKind; readonly pid: number; readonly from: string | null }
  /** Before anything changes; `before` is what there was. */
  | { readonly event: 'started'; readonly step: string; readonly before: Json }
  | { readonly event: 'done'; readonly step: string; readonly undo: Json; readonly warning: string | null }
  | { readonly event: 'found-done' | 'not-needed'; readonly step: string }
  | { readonly event: 'failed'; readonly step: string; readonly message: string }
  | { readonly event: 'undoing'; readonly step: string; readonly undo: Json }
  /** `kept`: what could not be taken back. */
  | { readonly event: 'undone'; readonly step: string; readonly kept: string | null }
  | { readonly event: 'ended'; readonly how: EndingKind };

export type JournalRecord = JournalEvent & { readonly at: string; readonly bootId: string | null };

/** How a step stands, by the journal: what the machine says counts more. */
export type StepState =
  | { readonly state: 'pending' | 'found-done' | 'not-needed' | 'undone' }
  | { readonly state: 'started'; readonly before: Json }
  | { readonly state: 'done' | 'undoing'; readonly before: Json; readonly undo: Json };

/** How the step `id` stands after `records`. */
export function stateOf(records: readonly JournalRecord[], id: string): StepState {
  let now: StepState = { state: 'pending' };
  for (const record of records) {
    if (!('step' in record) || record.step !== id) continue;
    if (record.event === 'started') now = { state: 'started', before: record.before };
    else if (record.event === 'done') now = { state: 'done', before: 'before' in now ? now.before : null, undo: record.undo };
    else if (record.event === 'undoing') now = { state: 'undoing', before: 'before' in now ? now.before : null, undo: record.undo };
    else if (record.event !== 'failed') now = { state: record.event };
  }
  return now;
}

/** The last run, and how it ended; `cut-off` where nobody wrote that down. */
export function lastRun(records: readonly JournalRecord[]): {
  readonly run: RunKind;
  readonly from: string | null;
  readonly how: EndingKind | 'cut-off';
} {
  const index = records.findLastIndex(({ event }) => event === 'run');
  const begun = records[index];
  const ended = records.slice(index + 1).findLast((record) => record.event === 'ended');
  const how = ended?.event === 'ended' ? ended.how : 'cut-off';
  return begun?.event === 'run' ? { run: begun.run, from: begun.from, how } : { run: 'apply', from: null, how: 'cut-off' };
}
