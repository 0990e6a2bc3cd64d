/** The learning rate over a run: a linear warm-up, then a half cosine to `final` times the peak. */
export interface ScheduleOptions {
  readonly peak: number;
  /** Part of the run, 0 to 1. */
  readonly warmUp: number;
  /** Of the peak, at the end. */
  readonly final: number;
}

/** The rate at `progress`, 0 (start) to 1 (end): by iterations of a run of epochs, by the clock of one with a time budget. */
export function learningRate({ peak, warmUp, final }: ScheduleOptions, progress: number): number {
  if (progress < warmUp) return (peak * Math.max(progress, 1e-3)) / warmUp;
  const along = Math.min((progress - warmUp) / (1 - warmUp), 1);
  return peak * (final + ((1 - final) * (1 + Math.cos(Math.PI * along))) / 2);
}
