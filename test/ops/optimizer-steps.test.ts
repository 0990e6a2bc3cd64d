import { adamWStep } from '../../src/ops/adamw-step.js';
import { sgdStep } from '../../src/ops/sgd-step.js';
import * as tf from '../../src/tf.js';
import { onEachEngine } from '../engines/each-engine.js';

const count = 37;
const wave = (step: number, size = 1) => Array.from({ length: count }, (_, i) => Math.sin(i * step + 1) * size);
const decays = Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 0 : 1));
const vector = (values: readonly number[]) => tf.tensor1d([...values]);
const norm = (values: readonly number[]) => Math.hypot(...values);
const close = (a: tf.Tensor, b: readonly number[], by = 1e-5) =>
  a.dataSync().every((value, i) => Math.abs(value - b[i]!) <= by * Math.max(1, Math.abs(b[i]!)));

for (const clip of [0.5, 1000]) {
  onEachEngine(`SGD: two steps of the formula in plain numbers, gradient ${clip < 1 ? 'clipped' : 'as it is'}`, async (t) => {
    const options = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01, clip };
    let p = wave(0.7, 2);
    let v = wave(0, 0);
    const before = tf.memory().numTensors;
    let made = { parameters: vector(p), velocity: vector(v) };
    const mask = vector(decays);
    for (const g of [wave(1.3), wave(0.4)]) {
      const gradient = vector(g);
      const { gradientNorm, ...next } = sgdStep({ ...made, gradient, decays: mask }, options);
      const factor = Math.min(1, clip / norm(g));
      v = v.map((value, i) => 0.9 * value + factor * g[i]! + 0.01 * decays[i]! * p[i]!);
      p = p.map((value, i) => value - 0.1 * v[i]!);
      t.ok(Math.abs(gradientNorm.dataSync()[0]! - norm(g)) < 1e-4);
      tf.dispose([made, gradient, gradientNorm]);
      made = next;
      t.ok(close(made.parameters, p), 'parameters');
      t.ok(close(made.velocity, v), 'velocity');
    }
    tf.dispose([made, mask]);
    t.equal(tf.memory().numTensors, before);
  });

  onEachEngine(`AdamW: two steps of the formula in plain numbers, gradient ${clip < 1 ? 'clipped' : 'as it is'}`, async (t) => {
    const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.05, clip };
    let [p, m, s] = [wave(0.7, 2), wave(0, 0), wave(0, 0)];
    const before = tf.memory().numTensors;
    let made = { parameters: vector(p), first: vector(m), second: vector(s) };
    const mask = vector(decays);
    for (const [index, g] of [wave(1.3), wave(0.4)].entries()) {
      const update = index + 1;
      const gradient = vector(g);
      const { gradientNorm, ...next } = adamWStep({ ...made, gradient, decays: mask }, { ...adam, update });
      const factor = Math.min(1, clip / norm(g));
      m = m.map((value, i) => 0.9 * value + 0.1 * factor * g[i]!);
      s = s.map((value, i) => 0.99 * value + 0.01 * (factor * g[i]!) ** 2);
      p = p.map((value, i) => {
        const step = m[i]! / (1 - 0.9 ** update) / (Math.sqrt(s[i]! / (1 - 0.99 ** update)) + 1e-8);
        return value - 0.01 * step - 0.01 * 0.05 * decays[i]! * value;
      });
      t.ok(Math.abs(gradientNorm.dataSync()[0]! - norm(g)) < 1e-4);
      tf.dispose([made, gradient, gradientNorm]);
      made = next;
      t.ok(close(made.parameters, p), 'parameters');
      t.ok(close(made.first, m) && close(made.second, s), 'moments');
    }
    tf.dispose([made, mask]);
    t.equal(tf.memory().numTensors, before);
  });
}

onEachEngine('a gradient that is no number shows in the norm', async (t) => {
  const inputs = { parameters: vector(wave(1)), velocity: vector(wave(0, 0)), decays: vector(decays) };
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const gradient = vector(wave(1).map((value, i) => (i === 5 ? bad : value)));
    const made = sgdStep({ ...inputs, gradient }, { learningRate: 0.1, momentum: 0.9, weightDecay: 0, clip: 1 });
    t.notOk(Number.isFinite(made.gradientNorm.dataSync()[0]!), `${bad}`);
    tf.dispose([made, gradient]);
  }
  tf.dispose(inputs);
});
