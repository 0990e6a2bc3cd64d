import type { PlannedStep } from './plan.js';

type Ordered = Pick<PlannedStep, 'id' | 'after'>;

/** `steps`, each behind those that it comes after, else as they stand. Undefined where they wait for each other. */
export function inOrder<S extends Ordered>(steps: readonly S[]): readonly S[] | undefined {
  const ordered: S[] = [];
  let waiting = [...steps];
  while (waiting.length > 0) {
    const ids = new Set(waiting.map(({ id }) => id));
    const next = waiting.find(({ after }) => !after.some((id) => ids.has(id)));
    if (!next) return undefined;
    ordered.push(next);
    waiting = waiting.filter((each) => each !== next);
  }
  return ordered;
}
