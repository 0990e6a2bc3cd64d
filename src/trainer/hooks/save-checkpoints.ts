import type { Hook } from './run.js';

/** Saves every so many seconds, by the clock given, and at the end; what a crash can cost is that much work. */
export function saveCheckpoints(everySeconds: number, now: () => number): Hook {
  let saved = now();
  return {
    name: 'save-checkpoints',
    async afterIteration(run) {
      if (now() - saved < everySeconds * 1000) return;
      await run.save();
      saved = now();
    },
    async afterRun(run) {
      await run.save();
    },
  };
}
