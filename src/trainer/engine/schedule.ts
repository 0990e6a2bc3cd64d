import type { TrainingConfig } from '../config/schema.js';

/** The learning rate over a run: a linear warm-up, then a half cosine to `final` times the peak, or a fall by `factor` at each of `steps`. */
export type ScheduleOptions = TrainingConfig['training']['schedule'];

/** The rate at `progress`, 0 (start) to 1 (end): by iterations of a run of epochs, by the clock of one with a time budget. */
export function learningRate(schedule: ScheduleOptions, progress: number): number {
  const { peak, warmUp, warmUpFrom } = schedule;
  if (progress < warmUp) return peak * (warmUpFrom + ((1 - warmUpFrom) * Math.max(progress, 1e-3)) / warmUp);
  if (schedule.type === 'step') return peak * schedule.factor ** schedule.steps.filter((step) => step <= progress).length;
  const along = Math.min((progress - warmUp) / (1 - warmUp), 1);
  return peak * (schedule.final + ((1 - schedule.final) * (1 + Math.cos(Math.PI * along))) / 2);
}

/** The schedule for a batch of so many pictures, and a sentence that says so where its peak is another one (Goyal et al., 2017, section 2.1). */
export function scheduleFor(schedule: ScheduleOptions, batch: number): { schedule: ScheduleOptions; remark?: string } {
  const { peak, peakForBatch = batch } = schedule;
  if (peakForBatch === batch) return { schedule };
  const scaled = (peak * batch) / peakForBatch;
  return {
    schedule: { ...schedule, peak: scaled },
    remark: `the learning rate peaks at ${Number(scaled.toPrecision(4))}: ${peak} is for ${peakForBatch} pictures in a batch, this one has ${batch}`,
  };
}
