import type { RunEvent, StepProgress } from '../setup/run-event.js';

const words: Record<StepProgress, string> = {
  running: '...  ',
  done: 'ok   ',
  'already-so': 'so   ',
  recovered: 'ok   ',
  'not-needed': 'skip ',
  failed: 'FAIL ',
  'waits-for-reboot': 'wait ',
  undoing: '...  ',
  undone: 'undo ',
  'given-back': 'undo ',
};
const remarks: Partial<Record<StepProgress, string>> = {
  'already-so': 'already so',
  recovered: 'an earlier run had done it before it was cut off',
  'not-needed': 'nothing is left that needs it',
  'waits-for-reboot': 'the machine has to be restarted',
  undoing: 'taking it back',
  'given-back': 'given back',
};

/** One thing that happened in a run, as a line; undefined of what is said elsewhere. */
export function eventLine(event: RunEvent): string | undefined {
  if (event.event === 'ended') return undefined;
  const { step, summary, state, ms, message } = event;
  const time = ms >= 1000 ? ` (${(ms / 1000).toFixed(1)} s)` : '';
  const remark = [remarks[state], message].filter(Boolean).join('; ');
  return `${words[state]} ${step}: ${summary}${time}${remark ? `: ${remark}` : ''}`;
}
