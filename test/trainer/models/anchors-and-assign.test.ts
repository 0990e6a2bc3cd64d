import fc from 'fast-check';
import t from 'tap';
import { iou } from '../../../src/ops/boxes.js';
import type { Truth } from '../../../src/trainer/contracts.js';
import { anchorGrid, anchorShapes, baseAnchors, fitAnchors, overlap } from '../../../src/trainer/models/anchors.js';
import { assign, background, ignored } from '../../../src/trainer/models/assign.js';
import { samplers } from '../../../src/trainer/models/samplers/index.js';
import { randomOf } from '../../../src/trainer/random.js';

const truthOf = (boxes: number[][], difficult: number[] = boxes.map(() => 0)): Truth => ({
  boxes: { count: boxes.length, xyxy: Float32Array.from(boxes.flat()) },
  labels: new Int32Array(boxes.length),
  difficult: Uint8Array.from(difficult),
});

t.test('a grid has every shape on the centre of every cell', async (t) => {
  const bases = baseAnchors(
    [
      [4, 4],
      [16, 8],
    ],
    8,
    'centred',
  );
  const { count, xyxy } = anchorGrid(2, 3, { x: 8, y: 8 }, bases);
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
  const options = { positive: 0.8, negative: 0.3, bestForEach: false, leastBest: 0 };
  t.same([...assign(boxes, 4, truthOf([[0, 0, 10, 10]]), options, 'near')], [0, ignored, background, background]);
  const best = { ...options, bestForEach: true };
  t.same([...assign(boxes, 4, truthOf([[50, 50, 60, 60]]), best, 'near')], [background, background, background, 0]);
  t.same([...assign(boxes, 4, truthOf([[0, 0, 10, 10]], [1]), options, 'near')], [ignored, ignored, background, background]);
  t.same([...assign(boxes, 4, truthOf([]), best, 'near')], [background, background, background, background]);
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
      const assigned = assign(flat, boxes.length, truth, { positive: 0.5, negative: 0.3, bestForEach: false, leastBest: 0 }, 'near');
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
  const quota = { samples: 8, positiveFraction: 0.5 };
  const { positives, negatives } = samplers.build({ type: 'in_turns' }, undefined).draw(assigned, quota, randomOf(3));
  t.equal(positives.length, 4);
  t.ok(positives.includes(50), 'the only box of the second object is in');
  t.equal(negatives.length, 4);
  t.ok(negatives.every((i) => i > 50 && i < 151));
  t.equal(new Set([...positives, ...negatives]).size, 8);
});

t.test('the other samplers', async (t) => {
  const assigned = Int32Array.from([...Array(50).fill(0), 1, ...Array(100).fill(background), ignored]);
  const quota = { samples: 40, positiveFraction: 0.25 };
  const random = samplers.build({ type: 'random' }, undefined).draw(assigned, quota, randomOf(3));
  t.same([random.positives.length, random.negatives.length], [10, 30]);
  t.ok(random.positives.every((i) => i < 51) && random.negatives.every((i) => i > 50 && i < 151));
  t.equal(new Set([...random.positives, ...random.negatives]).size, 40);
  const all = samplers.build({ type: 'pseudo' }, undefined).draw(assigned, quota, randomOf(3));
  t.same([all.positives.length, all.negatives.length], [51, 100]);
});

t.test("anchors where the references have them: mmdetection 1's and 3's, torchvision's", async (t) => {
  const shapes = (size: number) => anchorShapes([size], [0.5, 1, 2], true);
  const anchors = (stride: number, placing: 'v1' | 'corner' | 'rounded') => [...baseAnchors(shapes(8 * stride), stride, placing)];
  const inclusive = (boxes: number[]) => boxes.map((edge, i) => (i % 4 < 2 ? edge : edge - 1));
  t.same(inclusive(anchors(4, 'v1')), [-21, -9, 24, 12, -14, -14, 17, 17, -9, -21, 12, 24]);
  t.same(inclusive(anchors(8, 'v1')), [-41, -19, 48, 26, -28, -28, 35, 35, -19, -41, 26, 48]);
  t.same(inclusive(anchors(16, 'v1')), [-83, -37, 98, 52, -56, -56, 71, 71, -37, -83, 52, 98]);
  t.same(
    anchors(4, 'corner')
      .slice(0, 2)
      .map((edge) => edge.toFixed(4)),
    ['-22.6274', '-11.3137'],
  );
  t.same(anchors(4, 'rounded'), [-23, -11, 23, 11, -16, -16, 16, 16, -11, -23, 11, 23]);
});

t.test('which boxes an object takes beside those of a high overlap', async (t) => {
  // The second box ties with the first for object 0, and overlaps object 1 more; the third touches nothing.
  const boxes = Float32Array.from([0, 0, 10, 5, 0, 5, 10, 10, 50, 50, 60, 60]);
  const truth = truthOf([
    [0, 0, 10, 10],
    [0, 5, 10, 11],
  ]);
  const options = { positive: 0.9, negative: 0.3, bestForEach: true, leastBest: 0 };
  t.same([...assign(boxes, 3, truth, options, 'tied')], [0, 1, background], 'each for the object that it overlaps most');
  const other = truthOf([
    [0, 5, 10, 11],
    [0, 0, 10, 10],
  ]);
  t.same([...assign(boxes, 3, other, options, 'tied')], [1, 0, background]);
  t.same([...assign(boxes, 3, other, options, 'given')], [1, 1, background], 'the last object that asks gets it');
  t.same([...assign(boxes, 3, truth, { ...options, leastBest: 0.6 }, 'given')], [ignored, 1, background], 'none for too little');
  const missed = truthOf([[90, 90, 99, 99]]);
  t.same([...assign(boxes, 3, missed, options, 'near')], [background, background, background]);
  t.same([...assign(boxes, 3, missed, options, 'tied')], [0, 0, 0], "torchvision's rule without a least overlap: all tie at none");
});
