import type { Paint } from './plan-text.js';

/** A plan that was carried out, as the journal has it. */
export interface HistoryEntry {
  readonly id: string;
  readonly at: string;
  readonly goal: string;
  readonly madeBy: string;
  readonly continues: string | null;
  /** How the last run ended; `cut-off`: nobody wrote that down. */
  readonly run: 'apply' | 'resume' | 'undo';
  readonly how: string;
  readonly directory: string;
  readonly steps: readonly { readonly id: string; readonly kind: string; readonly summary: string; readonly state: string }[];
}

/** What was done to this machine, oldest first. */
export function historyText(entries: readonly HistoryEntry[], paint: Paint): string {
  if (entries.length === 0) return 'Nothing was done to this machine yet';
  return entries.map((entry) => entryLines(entry, paint).join('\n')).join('\n\n');
}

function entryLines({ id, at, goal, madeBy, continues, run, how, directory, steps }: HistoryEntry, paint: Paint): readonly string[] {
  const width = Math.max(0, ...steps.map(({ state }) => state.length));
  return [
    `${paint('bold', `${id}  ${goal}`)}  ${at}  ${madeBy}${continues === null ? '' : `  goes on with ${continues}`}`,
    `      ${run}: ${how}; journal and log in ${directory}`,
    ...steps.map(({ id: step, state, summary }) => `      ${state.padEnd(width)}  ${step}  ${paint('dim', summary)}`),
  ];
}
