import { batchedNms } from '../../src/ops/batched-nms.js';
import { iou } from '../../src/ops/boxes.js';
import { byScore, nonMaximumSuppression } from '../../src/ops/nms.js';
import * as tf from '../../src/tf.js';
import { randomOf } from '../../src/trainer/random.js';
import { onEachEngine } from '../engines/each-engine.js';

onEachEngine('each class by itself what the plain suppression keeps, best first', async (t) => {
  const random = randomOf(3);
  for (const [count, classes] of [
    [1, 1],
    [40, 1],
    [200, 3],
  ] as const) {
    const xyxy = new Float32Array(4 * count);
    for (let i = 0; i < count; i++) {
      const [x, y, w, h] = [random.integer(40), random.integer(40), 1 + random.integer(30), 1 + random.integer(30)];
      xyxy.set([x, y, x + w, y + h], 4 * i);
    }
    // Some scores are equal, and keep their order.
    const scores = Float32Array.from({ length: count }, () => random.integer(50) / 50);
    const labels = Int32Array.from({ length: count }, () => random.integer(classes));
    for (const threshold of [0, 0.3, 0.7]) {
      const separately = Array.from({ length: classes }, (_, label) => {
        const order = byScore(scores).filter((index) => labels[index] === label);
        return nonMaximumSuppression(xyxy, order, { threshold });
      }).flat();
      const expected = byScore(scores).filter((index) => separately.includes(index));
      const kept = (limit: number) =>
        tf.tidy(() => [
          ...batchedNms(tf.tensor2d(xyxy, [count, 4]), tf.tensor1d(scores), tf.tensor1d(labels, 'int32'), { threshold, limit }).dataSync(),
        ]);
      t.same(kept(count), expected, `${count} boxes, threshold ${threshold}`);
      t.same(kept(5), expected.slice(0, 5));
      t.ok(expected.every((a, i) => expected.slice(0, i).every((b) => labels[a] !== labels[b] || iou(xyxy, a, xyxy, b) <= threshold)));
    }
  }
});

onEachEngine('nothing in, nothing out', async (t) => {
  const none = tf.tidy(
    () =>
      batchedNms(tf.tensor2d([], [0, 4]), tf.tensor1d([], 'float32'), tf.tensor1d([], 'int32'), { threshold: 0.5, limit: 10 }).dataSync()
        .length,
  );
  t.equal(none, 0);
});
