import { allPointAveragePrecision, elevenPointAveragePrecision } from './average-precision.js';
import { type ClassMatches, type Judged, type MatchOptions, matchDetections } from './match-detections.js';
import type { BoxEnds } from './overlap.js';

export interface VocScoring {
  /** 0.5 unless told. */
  readonly iou?: number;
  /** `at-least` unless told, as in the VOC devkit. */
  readonly hit?: MatchOptions['hit'];
  /**
   * `exclusive` unless told, as the trainer's boxes are. A box of VOC's 1-based inclusive coordinates read by our rule
   * (`x1 = xmin - 1`, `x2 = xmax`) has exactly the width that the devkit gives it, so whole-pixel boxes score alike.
   */
  readonly ends?: BoxEnds;
}

export interface VocAveragePrecision {
  /** Area below the precision-recall curve; undefined where the class has no object that counts. */
  readonly allPoint: number | undefined;
  readonly elevenPoint: number | undefined;
  readonly matches: ClassMatches;
}

/** Average precision of one class over a split (Everingham et al., 2010, section 4.2). */
export function vocAveragePrecision(pictures: readonly Judged[], label: number, scoring: VocScoring = {}): VocAveragePrecision {
  const { iou = 0.5, hit = 'at-least', ends = 'exclusive' } = scoring;
  const matches = matchDetections(pictures, { label, iou, hit, ends });
  return {
    allPoint: matches.objects > 0 ? allPointAveragePrecision(matches) : undefined,
    elevenPoint: matches.objects > 0 ? elevenPointAveragePrecision(matches) : undefined,
    matches,
  };
}
