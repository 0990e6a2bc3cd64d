/**
 * `exclusive`: x2 and y2 lie behind the box, as everywhere in the trainer; width is x2 - x1.
 * `inclusive`: the VOC devkit's, where x2 and y2 are the last pixels of the box; width is x2 - x1 + 1.
 */
export type BoxEnds = 'exclusive' | 'inclusive';

/** Intersection over union of box `i` of `a` and box `j` of `b`, both [n, 4] x1 y1 x2 y2; 0 where they do not meet. */
export function overlap(a: Float32Array, i: number, b: Float32Array, j: number, ends: BoxEnds): number {
  const one = ends === 'inclusive' ? 1 : 0;
  const p = 4 * i;
  const q = 4 * j;
  const width = Math.min(a[p + 2]!, b[q + 2]!) - Math.max(a[p]!, b[q]!) + one;
  const height = Math.min(a[p + 3]!, b[q + 3]!) - Math.max(a[p + 1]!, b[q + 1]!) + one;
  if (!(width > 0 && height > 0)) return 0;
  const shared = width * height;
  const areaOfA = (a[p + 2]! - a[p]! + one) * (a[p + 3]! - a[p + 1]! + one);
  const areaOfB = (b[q + 2]! - b[q]! + one) * (b[q + 3]! - b[q + 1]! + one);
  return shared / (areaOfA + areaOfB - shared);
}
