import type { Random } from '../../random.js';

/** Which boxes of a picture the losses see: indices of those that stand for objects, and of background. */
export interface Drawn {
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

/** How many may be drawn, and the largest part of them that stands for objects. */
export interface Quota {
  readonly samples: number;
  readonly positiveFraction: number;
}

/** Draws from boxes of which `assigned` says what each stands for (assign.ts). */
export interface Sampler {
  draw(assigned: Int32Array, quota: Quota, random: Random): Drawn;
}
