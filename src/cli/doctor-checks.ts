import { checks as hostChecks } from '../doctor/checks/index.js';
import { type Examination, examine } from '../doctor/examine.js';
import type { Facts } from '../doctor/fact.js';
import type { Check, CheckId } from '../doctor/finding.js';
import { enginesOf } from '../engines/list.js';
import { engineSettings } from '../engines/settings.js';
import { engineChecks } from './engine-checks.js';
import type { Terminal } from './terminal.js';

/** The checks that were asked for and those that were left out, by their whole ids; null: none were named. */
export interface ChosenChecks {
  readonly only: readonly CheckId[] | null;
  readonly skip: readonly CheckId[] | null;
}

/** Everything that the doctor can look at: the host, and our engines on it. */
export const doctorChecks = (env: Terminal['env']): readonly Check[] => [...hostChecks, ...engineChecks(enginesOf(engineSettings(env)))];

/** Looks at the machine with the checks that were chosen. */
export function examineChosen(facts: Facts, { env, signal }: Terminal, { only, skip }: ChosenChecks): Promise<Examination> {
  return examine(facts, {
    checks: doctorChecks(env),
    only: (id) => only?.includes(id) ?? true,
    skip: (id) => skip?.includes(id) ?? false,
    signal,
  });
}
