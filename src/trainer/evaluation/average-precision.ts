/** Detections of one class over a whole split, best first. */
export interface PrecisionRecall {
  /** [n], share of the objects found among the first n detections. */
  readonly recall: Float64Array;
  /** [n], share of the first n detections that found an object. */
  readonly precision: Float64Array;
}

/** The area below the curve after precision is made monotone from the right: VOC 2010 and later, and the devkit's today. */
export function allPointAveragePrecision({ recall, precision }: PrecisionRecall): number {
  let area = 0;
  let best = 0;
  for (let i = recall.length - 1; i >= 0; i--) {
    best = Math.max(best, precision[i]!);
    area += (recall[i]! - (i > 0 ? recall[i - 1]! : 0)) * best;
  }
  return area;
}

/** The mean of the best precisions at recall 0, 0.1 ... 1: VOC 2007 to 2009. */
export function elevenPointAveragePrecision({ recall, precision }: PrecisionRecall): number {
  let sum = 0;
  for (let step = 0; step <= 10; step++) {
    // `step * 0.1` in doubles, as the published scorers have it: 0.30000000000000004 and not 0.3.
    const least = step * 0.1;
    let best = 0;
    for (let i = 0; i < recall.length; i++) if (recall[i]! >= least) best = Math.max(best, precision[i]!);
    sum += best;
  }
  return sum / 11;
}
