import fc from 'fast-check';
import t from 'tap';
import { ops } from '../../src/ops/index.js';
import { registerOps } from '../../src/ops/op.js';
import { roiAlign } from '../../src/ops/roi-align.js';
import * as tf from '../../src/tf.js';

t.before(async () => {
  await tf.setBackend('cpu');
  registerOps(ops, 'cpu');
});

const at = (box: number[], samples = 2) =>
  roiAlign(
    tf.reshape(tf.range(0, 64), [1, 8, 8, 1]) as tf.Tensor4D,
    tf.tensor2d([box as [number, number, number, number]]),
    tf.tensor1d([0], 'int32'),
    {
      size: 2,
      scale: 1,
      samples,
    },
  ).dataSync();

t.test("torchvision's values with aligned=True", async (t) => {
  t.same([...at([1, 1, 6, 5])], [13.75, 16.25, 29.75, 32.25]);
  t.same([...at([7, 7, 7, 7])], [58.5, 58.5, 58.5, 58.5]);
});

t.test('a plane comes out as the plane at the bins centres, wherever the box lies inside', async () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 9, noNaN: true }),
      fc.double({ min: 1, max: 9, noNaN: true }),
      fc.double({ min: 1, max: 5, noNaN: true }),
      fc.double({ min: 1, max: 5, noNaN: true }),
      (x, y, width, height) => {
        const side = 16;
        const plane = tf.tidy(() => tf.add(tf.mul(tf.reshape(tf.range(0, side), [side, 1]), 3), tf.range(0, side)));
        const features = tf.reshape(plane, [1, side, side, 1]) as tf.Tensor4D;
        const pooled = roiAlign(features, tf.tensor2d([[x, y, x + width, y + height]]), tf.tensor1d([0], 'int32'), {
          size: 2,
          scale: 1,
          samples: 2,
        });
        return [...pooled.dataSync()].every((value, i) => {
          const cx = x + ((i % 2) + 0.5) * (width / 2) - 0.5;
          const cy = y + (Math.floor(i / 2) + 0.5) * (height / 2) - 0.5;
          return Math.abs(value - (3 * cy + cx)) < 1e-3;
        });
      },
    ),
    { numRuns: 50 },
  );
});

t.test('the gradient is that of finite differences, and leaves no tensor behind', async (t) => {
  const options = { size: 2, scale: 0.5, samples: 2 };
  const boxes = tf.tensor2d([
    [1, 2, 7, 9],
    [-3, -2, 4, 5],
    [6, 6, 14, 13],
  ]);
  const pictures = tf.tensor1d([0, 1, 0], 'int32');
  const start = Array.from({ length: 2 * 5 * 6 * 2 }, (_, i) => Math.sin(i * 1.7));
  const weights = tf.tensor4d(
    Array.from({ length: 3 * 2 * 2 * 2 }, (_, i) => Math.cos(i * 0.9)),
    [3, 2, 2, 2],
  );
  const loss = (features: tf.Tensor) => tf.sum(tf.mul(weights, roiAlign(features as tf.Tensor4D, boxes, pictures, options))) as tf.Scalar;
  const shape: [number, number, number, number] = [2, 5, 6, 2];
  const before = tf.memory().numTensors;
  const analytic = tf.tidy(() => tf.grad(loss)(tf.tensor4d(start, shape)).dataSync());
  for (const index of [0, 7, 31, 58, 77, 119]) {
    const shifted = (by: number) =>
      tf.tidy(
        () =>
          loss(
            tf.tensor4d(
              start.map((value, i) => (i === index ? value + by : value)),
              shape,
            ),
          ).dataSync()[0]!,
      );
    const numeric = (shifted(0.05) - shifted(-0.05)) / 0.1;
    t.ok(Math.abs(numeric - analytic[index]!) < 2e-3, `element ${index}: ${numeric} and ${analytic[index]}`);
  }
  t.equal(tf.memory().numTensors, before);
});
