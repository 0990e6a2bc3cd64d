/** How long a run goes on, and how far along it is. */
export interface Budget {
  /** 0 at the start, 1 at the end; the learning rate follows it. */
  progress(iteration: number): number;
  /** Seconds to go, as far as can be told. */
  remainingSeconds(iteration: number): number | undefined;
  /** What a resumed run must know; wall-clock seconds spent so far, 0 for a budget of iterations. */
  spentSeconds(): number;
}

/** A number of iterations: the same run on a fast and on a slow machine. */
export function iterationBudget(iterations: number, now: () => number): Budget {
  const start = now();
  let first: number | undefined;
  return {
    progress: (iteration) => Math.min(iteration / iterations, 1),
    remainingSeconds(iteration) {
      first ??= iteration;
      return iteration > first ? ((now() - start) / 1000 / (iteration - first)) * (iterations - iteration) : undefined;
    },
    spentSeconds: () => 0,
  };
}

/**
 * A wall-clock budget in seconds, of which `reserve` (seconds, may be learnt on the way) are kept for what comes after training,
 * and `spent` were used by earlier parts of a resumed run. `now` is in milliseconds.
 */
export function clockBudget(
  seconds: number,
  { now, startedAt, spent = 0, reserve }: { now: () => number; startedAt: number; spent?: number; reserve: () => number },
): Budget {
  const elapsed = () => spent + (now() - startedAt) / 1000;
  // However long the evaluation takes, half of the time is for training.
  const forTraining = () => Math.max(seconds - reserve(), seconds / 2);
  return {
    progress: () => Math.min(elapsed() / forTraining(), 1),
    remainingSeconds: () => Math.max(forTraining() - elapsed(), 0),
    spentSeconds: elapsed,
  };
}
