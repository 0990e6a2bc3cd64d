import type { Facts } from '../../doctor/fact.js';
import type { CheckId, Finding } from '../../doctor/finding.js';
import type { Survey } from '../driver/survey.js';
import type { Step } from '../step.js';

/** What remedies look at before they plan. */
export interface RepairGround {
  readonly facts: Facts;
  readonly survey: Survey;
}

/** Steps that mend a finding; or why this one is left to a person. */
export type Mending = { readonly steps: readonly Step<unknown>[]; readonly warnings?: readonly string[] } | { readonly byHand: string };

/** How findings become steps. */
export interface Remedy {
  /** The checks whose findings it mends. */
  readonly mends: readonly CheckId[];
  /** Whether it changes the kernel, its modules or what it boots with: in a container those are another machine's. */
  readonly ofKernel: boolean;
  mend(ground: RepairGround, finding: Finding): Promise<Mending>;
}
