import { iou } from './boxes.js';

/** Indices of `scores`, best first; equal scores keep their order. */
export function byScore(scores: ArrayLike<number>): number[] {
  return Array.from({ length: scores.length }, (_, index) => index).sort((a, b) => scores[b]! - scores[a]! || a - b);
}

/**
 * Greedy non-maximum suppression: of `order` (indices into `xyxy`, best first) the boxes that overlap no better one by more
 * than `threshold` (IoU equal to it is kept, as in torchvision and py-faster-rcnn), at most `limit` of them.
 */
export function nonMaximumSuppression(
  xyxy: ArrayLike<number>,
  order: readonly number[],
  { threshold, limit = Number.POSITIVE_INFINITY }: { readonly threshold: number; readonly limit?: number },
): number[] {
  const kept: number[] = [];
  for (const candidate of order) {
    if (kept.length >= limit) break;
    if (kept.every((better) => iou(xyxy, candidate, xyxy, better) <= threshold)) kept.push(candidate);
  }
  return kept;
}
