import fc from 'fast-check';
import t from 'tap';
import { iou } from '../../../src/ops/boxes.js';
import type { Truth } from '../../../src/trainer/contracts.js';
import { anchorGrid, fitAnchors, overlap } from '../../../src/trainer/models/anchors.js';
import { assign, background, ignored, sample } from '../../../src/trainer/models/assign.js';
import { randomOf } from '../../../src/trainer/random.js';

const truthOf = (boxes: number[][], difficult: number[] = boxes.map(() => 0)): Truth => ({
  boxes: { count: boxes.length, xyxy: Float32Array.from(boxes.flat()) },
  labels: new Int32Array(boxes.length),
  difficult: Uint8Array.from(difficult),
});

t.test('a grid has every shape on the centre of every cell', async (t) => {
  const { count, xyxy } = anchorGrid(2, 3, 8, [
    [4, 4],
    [16, 8],
  ]);
  t.equal(count, 12);
  t.same([...xyxy.subarray(0, 8)], [2, 2, 6, 6, -4, 0, 12, 8]);
  t.same([...xyxy.subarray(4 * 11)], [12, 8, 28, 16]);
});

t.test('anchors find the sizes that are there, and a rare class gets its own', async (t) => {
  const common = Array.from({ length: 500 }, (_, i) => ({ size: [60 + (i % 5), 60 - (i % 3)] as const, weight: 1 / 500 }));
  const rare = Array.from({ length: 5 }, (_, i) => ({ size: [20 + i, 21] as const, weight: 1 / 5 }));
  const anchors = fitAnchors([...common, ...rare], 4, randomOf(0));
  t.equal(anchors.length, 4);
  for (const { size } of rare) t.ok(Math.max(...anchors.map((anchor) => overlap(anchor, size))) > 0.75);
  t.same(fitAnchors([...common, ...rare], 4, randomOf(0)), anchors, 'the same seed, the same anchors');
});

t.test('assignment: by IoU, the best for each object, nothing on difficult ones', async (t) => {
  const boxes = Float32Array.from([0, 0, 10, 10, 0, 0, 10, 7, 30, 30, 40, 40, 50, 50, 52, 52]);
  const options = { positive: 0.8, negative: 0.3, bestForEach: false };
  t.same([...assign(boxes, 4, truthOf([[0, 0, 10, 10]]), options)], [0, ignored, background, background]);
  const best = { ...options, bestForEach: true };
  t.same([...assign(boxes, 4, truthOf([[50, 50, 60, 60]]), best)], [background, background, background, 0]);
  t.same([...assign(boxes, 4, truthOf([[0, 0, 10, 10]], [1]), options)], [ignored, ignored, background, background]);
  t.same([...assign(boxes, 4, truthOf([]), best)], [background, background, background, background]);
});

t.test('what is assigned overlaps its object by at least the threshold', async () => {
  const box = fc.tuple(
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 2, max: 20 }),
    fc.integer({ min: 2, max: 20 }),
  );
  const corners = box.map(([x, y, w, h]) => [x, y, x + w, y + h]);
  fc.assert(
    fc.property(fc.array(corners, { minLength: 1, maxLength: 20 }), fc.array(corners, { maxLength: 5 }), (boxes, objects) => {
      const flat = Float32Array.from(boxes.flat());
      const truth = truthOf(objects);
      const assigned = assign(flat, boxes.length, truth, { positive: 0.5, negative: 0.3, bestForEach: false });
      return [...assigned].every((object, i) => {
        const overlaps = objects.map((_, k) => iou(flat, i, truth.boxes.xyxy, k));
        const most = Math.max(0, ...overlaps);
        if (object >= 0) return overlaps[object]! >= 0.5 && Math.abs(overlaps[object]! - most) < 1e-6;
        return object === background ? most < 0.3 : most < 0.5;
      });
    }),
  );
});

t.test('objects take turns in a sample', async (t) => {
  const assigned = Int32Array.from([...Array(50).fill(0), 1, ...Array(100).fill(background), ignored]);
  const { positives, negatives } = sample(assigned, 8, 0.5, randomOf(3));
  t.equal(positives.length, 4);
  t.ok(positives.includes(50), 'the only box of the second object is in');
  t.equal(negatives.length, 4);
  t.ok(negatives.every((i) => i > 50 && i < 151));
  t.equal(new Set([...positives, ...negatives]).size, 8);
});
