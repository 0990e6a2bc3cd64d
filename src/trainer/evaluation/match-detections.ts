import type { Detections, Truth } from '../contracts.js';
import type { PrecisionRecall } from './average-precision.js';
import { type BoxEnds, overlap } from './overlap.js';

/** One picture's truth and what was found in it. */
export interface Judged {
  readonly truth: Truth;
  readonly detections: Detections;
}

export interface MatchOptions {
  /** Index of the class judged. */
  readonly label: number;
  /** Least intersection over union of a hit. */
  readonly iou: number;
  /** Whether an overlap of exactly `iou` is a hit: `at-least` in the VOC devkit, `above` in py-faster-rcnn and its kin. */
  readonly hit: 'at-least' | 'above';
  readonly ends: BoxEnds;
}

export interface ClassMatches extends PrecisionRecall {
  /** Objects of the class that count: the difficult ones do not. */
  readonly objects: number;
  /** [n], of the n detections that count, best first. */
  readonly scores: Float64Array;
}

interface Candidate {
  readonly picture: number;
  readonly index: number;
  readonly score: number;
}

/**
 * The matching of the VOC devkit. Detections of all pictures, best score first (ties in the order given), each take the
 * object of their class that they overlap most. A hit on a difficult object counts for nothing, the first hit on another
 * is true, every further one false: a detection never takes its second-best object.
 */
export function matchDetections(pictures: readonly Judged[], { label, iou, hit, ends }: MatchOptions): ClassMatches {
  const candidates: Candidate[] = [];
  const truths: (readonly number[])[] = [];
  let objects = 0;
  pictures.forEach(({ truth, detections }, picture) => {
    const own: number[] = [];
    for (let i = 0; i < truth.boxes.count; i++) {
      if (truth.labels[i] !== label) continue;
      own.push(i);
      if (!truth.difficult[i]) objects++;
    }
    truths.push(own);
    for (let i = 0; i < detections.boxes.count; i++) {
      if (detections.labels[i] === label) candidates.push({ picture, index: i, score: detections.scores[i]! });
    }
  });
  // Array.prototype.sort is stable.
  candidates.sort((a, b) => b.score - a.score);

  const taken = pictures.map(() => new Set<number>());
  const recall: number[] = [];
  const precision: number[] = [];
  const scores: number[] = [];
  let found = 0;
  let wrong = 0;
  for (const { picture, index, score } of candidates) {
    const { truth, detections } = pictures[picture]!;
    let best = Number.NEGATIVE_INFINITY;
    let nearest = -1;
    for (const i of truths[picture]!) {
      const shared = overlap(detections.boxes.xyxy, index, truth.boxes.xyxy, i, ends);
      if (shared > best) {
        best = shared;
        nearest = i;
      }
    }
    const isHit = nearest >= 0 && (hit === 'at-least' ? best >= iou : best > iou);
    if (isHit && truth.difficult[nearest]) continue;
    if (isHit && !taken[picture]!.has(nearest)) {
      taken[picture]!.add(nearest);
      found++;
    } else wrong++;
    recall.push(objects > 0 ? found / objects : 0);
    precision.push(found / (found + wrong));
    scores.push(score);
  }
  return {
    objects,
    recall: Float64Array.from(recall),
    precision: Float64Array.from(precision),
    scores: Float64Array.from(scores),
  };
}
