import t from 'tap';
import { batchNormTraining } from '../../src/ops/batch-norm.js';
import { ops } from '../../src/ops/index.js';
import { registerOps } from '../../src/ops/op.js';
import * as tf from '../../src/tf.js';

t.before(async () => {
  await tf.setBackend('cpu');
  registerOps(ops, 'cpu');
});

const wave = (length: number, step: number) => Array.from({ length }, (_, i) => Math.sin(i * step) * 2 + 0.5);
const shape: [number, number, number, number] = [2, 3, 4, 3];
const x = wave(72, 1.3);
const scale = [0.7, 1.2, -0.5];
const offset = [0.1, -0.3, 0.4];

for (const relu of [false, true]) {
  t.test(`${relu ? 'with' : 'without'} ReLU: normal output, and the gradients of finite differences`, async (t) => {
    const options = { epsilon: 1e-3, relu };
    const weights = tf.tensor4d(wave(72, 0.7), shape);
    const loss = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) =>
      tf.sum(tf.mul(weights, batchNormTraining(a as tf.Tensor4D, b as tf.Tensor1D, c as tf.Tensor1D, options).y)) as tf.Scalar;
    const value = (a: number[], b: number[], c: number[]) =>
      tf.tidy(() => loss(tf.tensor4d(a, shape), tf.tensor1d(b), tf.tensor1d(c)).dataSync()[0]!);
    const before = tf.memory().numTensors;
    const analytic = tf.tidy(() =>
      tf
        .grads(loss)([tf.tensor4d(x, shape), tf.tensor1d(scale), tf.tensor1d(offset)])
        .map((g) => [...g.dataSync()]),
    );
    const given = [x, scale, offset];
    for (const [which, indices] of [
      [0, [0, 13, 40, 71]],
      [1, [0, 1, 2]],
      [2, [0, 1, 2]],
    ] as const) {
      for (const index of indices) {
        const shifted = (by: number) => {
          const moved = given.map((values, i) => (i === which ? values.map((v, k) => (k === index ? v + by : v)) : values));
          return value(moved[0]!, moved[1]!, moved[2]!);
        };
        const numeric = (shifted(1e-2) - shifted(-1e-2)) / 2e-2;
        const exact = analytic[which]![index]!;
        t.ok(Math.abs(numeric - exact) < 0.03 * Math.max(1, Math.abs(exact)), `input ${which}[${index}]: ${numeric} and ${exact}`);
      }
    }
    t.equal(tf.memory().numTensors, before);
    const { mean, variance } = batchNormTraining(tf.tensor4d(x, shape), tf.tensor1d(scale), tf.tensor1d(offset), options);
    const channel = x.filter((_, i) => i % 3 === 0);
    const average = channel.reduce((sum, v) => sum + v, 0) / channel.length;
    t.ok(Math.abs(mean.dataSync()[0]! - average) < 1e-5);
    t.ok(Math.abs(variance.dataSync()[0]! - channel.reduce((sum, v) => sum + (v - average) ** 2, 0) / channel.length) < 1e-4);
  });
}
