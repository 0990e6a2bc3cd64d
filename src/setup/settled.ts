import type { PlannedStep } from './plan.js';

/** What runs now, and is stopped or replaced by a step that is still to be done, must be started, and looked at, again after that. */
export function settled(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const undone = new Set<string>();
  return steps.map((each) => {
    const starts = ['start-unit', 'load-modules', 'check-driver', 'check-gpu-owner'].includes(each.kind);
    const again = starts && each.after.some((id) => undone.has(id)) ? { ...each, alreadyDone: false } : each;
    if (again.alreadyDone !== true) undone.add(again.id);
    return again;
  });
}
