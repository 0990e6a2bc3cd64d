import fc from 'fast-check';
import t from 'tap';
import { decodeBox, encodeBox, iou } from '../../src/ops/boxes.js';
import { byScore, nonMaximumSuppression } from '../../src/ops/nms.js';

const box = fc
  .tuple(
    fc.double({ min: 0, max: 80, noNaN: true }),
    fc.double({ min: 0, max: 80, noNaN: true }),
    fc.double({ min: 1, max: 40, noNaN: true }),
    fc.double({ min: 1, max: 40, noNaN: true }),
  )
  .map(([x, y, w, h]) => [x, y, x + w, y + h]);
const deviations = [0.1, 0.1, 0.2, 0.2] as const;

t.test('IoU: symmetric, 1 with itself, 0 apart, and a value by hand', async (t) => {
  fc.assert(
    fc.property(box, box, (a, b) => {
      const overlap = iou(a, 0, b, 0);
      return Math.abs(overlap - iou(b, 0, a, 0)) < 1e-9 && overlap >= 0 && overlap <= 1 + 1e-9 && Math.abs(iou(a, 0, a, 0) - 1) < 1e-9;
    }),
  );
  t.equal(iou([0, 0, 2, 2], 0, [1, 1, 3, 3], 0), 1 / 7);
  t.equal(iou([0, 0, 1, 1], 0, [1, 0, 2, 1], 0), 0);
});

t.test('decode undoes encode inside the picture, and clips outside', async (t) => {
  fc.assert(
    fc.property(box, box, (anchor, wanted) => {
      const deltas = new Float32Array(4);
      const back = new Float32Array(4);
      encodeBox(anchor, 0, wanted, 0, deviations, deltas, 0);
      decodeBox(anchor, 0, deltas, 0, deviations, { width: 1000, height: 1000 }, back, 0);
      return wanted.every((value, k) => Math.abs(value - back[k]!) < 1e-2);
    }),
  );
  const out = new Float32Array(4);
  decodeBox([0, 0, 10, 10], 0, [0, 0, 100, 100], 0, deviations, { width: 20, height: 12 }, out, 0);
  t.same([...out], [0, 0, 20, 12]);
});

t.test("torchvision's suppression: a box at the threshold itself is kept", async (t) => {
  const boxes = [0, 0, 4, 4, 1, 1, 5, 5, 2, 1, 6, 5, 4, 0, 8, 4];
  const scores = [0.9, 0.8, 0.7, 0.6];
  const kept = (threshold: number) => nonMaximumSuppression(boxes, byScore(scores), { threshold });
  t.same(kept(0.5), [0, 1, 3]);
  t.same(kept(0.4), [0, 1, 3]);
  t.same(kept(0.391), [0, 2, 3]);
  t.same(kept(0.2), [0, 3]);
  t.same(kept(0), [0, 3]);
});

t.test('suppression keeps no two boxes that overlap by more, and the best one always', async () => {
  fc.assert(
    fc.property(fc.array(box, { minLength: 1, maxLength: 30 }), fc.double({ min: 0, max: 0.9, noNaN: true }), (boxes, threshold) => {
      const flat = boxes.flat();
      const order = byScore(boxes.map((_, i) => ((i * 7919) % 31) / 31));
      const kept = nonMaximumSuppression(flat, order, { threshold });
      return kept[0] === order[0] && kept.every((a, i) => kept.slice(0, i).every((b) => iou(flat, a, flat, b) <= threshold));
    }),
  );
});
