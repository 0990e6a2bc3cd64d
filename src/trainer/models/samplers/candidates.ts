import { background } from '../assign.js';

/** Indices of the boxes of each object, in the order of its first one, and of background. */
export function candidates(assigned: Int32Array): { byObject: number[][]; negatives: number[] } {
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
  return { byObject: [...byObject.values()], negatives };
}
