import type { VocSummary } from './voc-evaluator.js';

/** What `test --json` prints and `metrics.json` holds. */
export interface ScoresJson {
  readonly mAP50: number;
  /** AP at IoU 0.5, all-point, by class; classes without an object in the split are null. */
  readonly classes: Readonly<Record<string, number | null>>;
  readonly mAP50ElevenPoint: number;
  readonly mAP: number;
  readonly recall50: number;
  readonly pictures: number;
  readonly objects: Readonly<Record<string, number>>;
}

export function scoresJson(summary: VocSummary): ScoresJson {
  return {
    mAP50: summary.mAP50,
    classes: Object.fromEntries(summary.classes.map(({ name, AP50 }) => [name, AP50 ?? null])),
    mAP50ElevenPoint: summary.mAP50Eleven,
    mAP: summary.mAP,
    recall50: summary.recall,
    pictures: summary.pictures,
    objects: Object.fromEntries(summary.classes.map(({ name, objects }) => [name, objects])),
  };
}
