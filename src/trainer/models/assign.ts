import { z } from 'zod';
import { iouFloat32 } from '../../ops/boxes.js';
import type { Truth } from '../contracts.js';
import type { Convention } from './convention.js';

/** What a box is to the truth: an object's index, or one of these. */
export const background = -1;
export const ignored = -2;

/** When a box stands for an object (Ren et al., 2015, section 3.1.2). */
export const assignOptions = z.strictObject({
  positive: z.number().min(0).max(1).describe('from this IoU on a box stands for an object'),
  negative: z.number().min(0).max(1).describe('below this IoU with every object a box is background'),
  bestForEach: z.boolean().describe('each object also takes the boxes that overlap it best'),
  leastBest: z.number().min(0).max(1).default(0).describe('but none that overlap it by less than this'),
});
export type AssignOptions = z.output<typeof assignOptions>;

/**
 * For each of the boxes [count, 4] the index of the object it stands for, `background` or `ignored`. Objects marked difficult take
 * no box, and boxes on them are not background either.
 */
export function assign(
  xyxy: Float32Array,
  count: number,
  truth: Truth,
  { positive, negative, bestForEach, leastBest }: AssignOptions,
  lowQuality: Convention['lowQuality'],
): Int32Array {
  const objects = truth.boxes.count;
  const assigned = new Int32Array(count).fill(background);
  const overlaps = new Float32Array(count);
  const bestOf = new Float32Array(objects);
  const objectOf = new Int32Array(count).fill(-1);
  const wanted = truth.boxes.xyxy;
  for (let object = 0; object < objects; object++) {
    const left = wanted[4 * object]!;
    const top = wanted[4 * object + 1]!;
    const right = wanted[4 * object + 2]!;
    const bottom = wanted[4 * object + 3]!;
    for (let i = 0, at = 0; i < count; i++, at += 4) {
      // Most boxes touch no object: four comparisons spare them the division.
      if (xyxy[at]! >= right || xyxy[at + 2]! <= left || xyxy[at + 1]! >= bottom || xyxy[at + 3]! <= top) continue;
      const overlap = iouFloat32(xyxy, i, wanted, object);
      if (overlap > overlaps[i]!) {
        overlaps[i] = overlap;
        objectOf[i] = object;
      }
      if (overlap > bestOf[object]!) bestOf[object] = overlap;
    }
  }
  for (let i = 0; i < count; i++) {
    if (overlaps[i]! >= positive) assigned[i] = objectOf[i]!;
    else if (overlaps[i]! >= negative) assigned[i] = ignored;
  }
  if (bestForEach && lowQuality !== 'near') {
    takeTied({ xyxy, count, truth, leastBest, bestOf, objectOf, assigned }, lowQuality);
  } else if (bestForEach) {
    for (let i = 0; i < count; i++) {
      const object = objectOf[i]!;
      if (object >= 0 && overlaps[i]! > 0 && overlaps[i]! >= Math.max(bestOf[object]! - 1e-4, leastBest)) assigned[i] = object;
    }
  }
  for (let i = 0; i < count; i++) if (assigned[i]! >= 0 && truth.difficult[assigned[i]!]) assigned[i] = ignored;
  return assigned;
}

interface Matching {
  readonly xyxy: Float32Array;
  readonly count: number;
  readonly truth: Truth;
  readonly leastBest: number;
  readonly bestOf: Float32Array;
  readonly objectOf: Int32Array;
  readonly assigned: Int32Array;
}

/**
 * Every object takes the boxes whose overlap is to the bit the best that it has: `tied`, each for the object that it overlaps most
 * (torchvision's `set_low_quality_matches_`); `given`, for this very object, the last one of several (mmdetection's `gt_max_assign_all`).
 */
function takeTied(
  { xyxy, count, truth, leastBest, bestOf, objectOf, assigned }: Matching,
  lowQuality: Exclude<Convention['lowQuality'], 'near'>,
): void {
  const wanted = truth.boxes.xyxy;
  for (let object = 0; object < truth.boxes.count; object++) {
    const best = bestOf[object]!;
    if (best < leastBest) continue;
    const [left, top, right, bottom] = wanted.subarray(4 * object, 4 * object + 4) as unknown as [number, number, number, number];
    for (let i = 0, at = 0; i < count; i++, at += 4) {
      const apart = xyxy[at]! >= right || xyxy[at + 2]! <= left || xyxy[at + 1]! >= bottom || xyxy[at + 3]! <= top;
      if (apart && best > 0) continue;
      if (iouFloat32(xyxy, i, wanted, object) !== best) continue;
      // A box that touches no object is, to the references, the first one's.
      assigned[i] = lowQuality === 'given' ? object : Math.max(objectOf[i]!, 0);
    }
  }
}
