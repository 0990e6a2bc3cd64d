import type { Evaluation, Hook } from './run.js';

/** Scores the validation split when these parts (0 to 1) of the run are over: a sample of it on the way, all of it at the end. */
export function evaluateAt(
  parts: readonly number[],
  sample: number,
  hooks: () => readonly Hook[],
): Hook & { last(): Evaluation | undefined } {
  const ahead = parts.filter((part) => part < 1).sort((a, b) => a - b);
  let passed = 0;
  let last: Evaluation | undefined;
  const score = async (run: Parameters<NonNullable<Hook['afterRun']>>[0], pictures?: number) => {
    last = await run.evaluate(pictures);
    run.emit({ kind: 'evaluation', iteration: run.iteration, progress: run.progress, evaluation: last });
    for (const hook of hooks()) await hook.afterEvaluation?.(run, last);
  };
  return {
    name: 'evaluate-at',
    async afterIteration(run) {
      const due = ahead.filter((part) => part <= run.progress).length;
      if (due <= passed || run.progress >= 1) return;
      passed = due;
      await score(run, sample);
    },
    afterRun: (run) => score(run),
    state: () => [passed],
    restore: ([before = 0]) => {
      passed = before;
    },
    last: () => last,
  };
}
