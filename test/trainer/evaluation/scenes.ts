import fc from 'fast-check';
import type { Judged } from '../../../src/trainer/evaluation/match-detections.js';

/** x1 y1 x2 y2 label difficult */
export type TruthRow = readonly [number, number, number, number, number, number];
/** x1 y1 x2 y2 label score */
export type FoundRow = readonly [number, number, number, number, number, number];
export interface Scene {
  readonly truth: readonly TruthRow[];
  readonly found: readonly FoundRow[];
}

export function judged({ truth, found }: Scene): Judged {
  return {
    truth: {
      boxes: { count: truth.length, xyxy: Float32Array.from(truth.flatMap((row) => row.slice(0, 4))) },
      labels: Int32Array.from(truth, (row) => row[4]),
      difficult: Uint8Array.from(truth, (row) => row[5]),
    },
    detections: {
      boxes: { count: found.length, xyxy: Float32Array.from(found.flatMap((row) => row.slice(0, 4))) },
      labels: Int32Array.from(found, (row) => row[4]),
      scores: Float32Array.from(found, (row) => row[5]),
    },
  };
}

const box = fc
  .tuple(fc.nat(12), fc.nat(12), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .map(([x, y, w, h]) => [x, y, x + w, y + h] as const);
const label = fc.nat(1);

/** Whole-pixel boxes on a small grid, so that overlaps and ties are common; scores are doubles that float32 holds exactly. */
export const scene: fc.Arbitrary<Scene> = fc.record({
  truth: fc.array(
    fc.tuple(box, label, fc.constantFrom(0, 0, 0, 1)).map(([b, l, d]): TruthRow => [...b, l, d]),
    { maxLength: 5 },
  ),
  found: fc.array(
    fc.tuple(box, label, fc.integer({ min: 1, max: 64 })).map(([b, l, s]): FoundRow => [...b, l, s / 64]),
    { maxLength: 8 },
  ),
});
export const scenes = fc.array(scene, { minLength: 1, maxLength: 6 });
