import { iou } from '../../ops/boxes.js';
import type { Truth } from '../contracts.js';
import type { Random } from '../random.js';

/** What a box is to the truth: an object's index, or one of these. */
export const background = -1;
export const ignored = -2;

export interface AssignOptions {
  /** From this IoU on a box stands for an object. */
  readonly positive: number;
  /** Below this IoU with every object it is background; between the two it is neither. */
  readonly negative: number;
  /** Each object also takes the boxes that overlap it best, however little (Ren et al., 2015, section 3.1.2). */
  readonly bestForEach: boolean;
}

/**
 * For each of the boxes [count, 4] the index of the object it stands for, `background` or `ignored`. Objects marked difficult take
 * no box, and boxes on them are not background either.
 */
export function assign(xyxy: Float32Array, count: number, truth: Truth, { positive, negative, bestForEach }: AssignOptions): Int32Array {
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
      const overlap = iou(xyxy, i, wanted, object);
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
  if (bestForEach) {
    for (let i = 0; i < count; i++) {
      const object = objectOf[i]!;
      if (object >= 0 && overlaps[i]! > 0 && overlaps[i]! >= bestOf[object]! - 1e-4) assigned[i] = object;
    }
  }
  for (let i = 0; i < count; i++) if (assigned[i]! >= 0 && truth.difficult[assigned[i]!]) assigned[i] = ignored;
  return assigned;
}

/**
 * Draws `count` boxes, at most `fraction` of them standing for objects and the rest background; fewer where there are not enough.
 * Objects take turns (the instance-balanced sampling of Pang et al., 2019, section 3.1): a rare class of small objects, which few
 * boxes stand for, is then seen as often as a common one of large objects.
 */
export function sample(
  assigned: Int32Array,
  count: number,
  fraction: number,
  random: Random,
): { positives: number[]; negatives: number[] } {
  const byObject = new Map<number, number[]>();
  const negatives: number[] = [];
  for (let i = 0; i < assigned.length; i++) {
    const object = assigned[i]!;
    if (object === background) negatives.push(i);
    else if (object >= 0) {
      const boxes = byObject.get(object);
      if (boxes) boxes.push(i);
      else byObject.set(object, [i]);
    }
  }
  const positives = inTurns([...byObject.values()], Math.floor(count * fraction), random);
  return { positives, negatives: draw(negatives, count - positives.length, random) };
}

/** At most `count` items, one of each group after the other, groups and items in random order. */
function inTurns(groups: number[][], count: number, random: Random): number[] {
  const taken: number[] = [];
  for (const group of random.shuffle(groups)) random.shuffle(group);
  for (let turn = 0; taken.length < count; turn++) {
    const before = taken.length;
    for (const group of groups) if (turn < group.length && taken.length < count) taken.push(group[turn]!);
    if (taken.length === before) break;
  }
  return taken;
}

/** `count` of `items` without repetition, or all. */
function draw(items: number[], count: number, random: Random): number[] {
  if (items.length <= count) return items;
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(items.length - i);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items.slice(0, count);
}
