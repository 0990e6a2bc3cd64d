import type { PlannedStep } from './plan.js';
import type { Need } from './step.js';

const order: readonly Need[] = ['root', 'network', 'reboot', 'console'];

/** What the steps that are not done yet need, in sum. */
export function needsOf(steps: readonly PlannedStep[]): readonly Need[] {
  const needed = new Set(steps.filter(({ alreadyDone }) => alreadyDone !== true).flatMap(({ needs }) => needs));
  return order.filter((need) => needed.has(need));
}
