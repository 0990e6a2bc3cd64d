import type { EndingKind } from './journal-record.js';

/** What a run tells whoever watches it; the journal keeps the same, and more. */
export type RunEvent =
  | {
      readonly event: 'step';
      readonly step: string;
      readonly summary: string;
      readonly state: StepProgress;
      readonly ms: number;
      readonly message: string | null;
    }
  | {
      readonly event: 'ended';
      readonly how: EndingKind;
      readonly step: string | null;
      readonly message: string | null;
      readonly hint: string | null;
    };
/**
 * `already-so`: the machine was so before; `recovered`: an earlier run was cut off after it had done it; `given-back`: it had
 * only cleared the way for what failed.
 */
export type StepProgress =
  | 'running'
  | 'done'
  | 'already-so'
  | 'recovered'
  | 'not-needed'
  | 'failed'
  | 'waits-for-reboot'
  | 'undoing'
  | 'undone'
  | 'given-back';

/** How a run ended, and of a failure why. */
export interface Ending {
  readonly how: EndingKind;
  readonly step: string | null;
  readonly message: string | null;
  readonly hint: string | null;
}

export type Emit = (event: RunEvent) => void;
