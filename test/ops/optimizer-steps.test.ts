import { adamWStep } from '../../src/ops/adamw-step.js';
import { blend } from '../../src/ops/blend.js';
import { sgdStep } from '../../src/ops/sgd-step.js';
import { vectorNorm } from '../../src/ops/vector-norm.js';
import * as tf from '../../src/tf.js';
import { onEachEngine } from '../engines/each-engine.js';

// A filter's shape, and one of no more than a few numbers.
for (const shape of [[3, 3, 2, 5], [7]]) {
  const count = shape.reduce((product, side) => product * side, 1);
  const wave = (step: number, size = 1) => Array.from({ length: count }, (_, i) => Math.sin(i * step + 1) * size);
  const filled = (values: readonly number[]) => tf.tensor([...values], [...shape]);
  const close = (a: tf.Tensor, b: readonly number[], by = 1e-5) =>
    tf.util.arraysEqual(a.shape, shape) && a.dataSync().every((value, i) => Math.abs(value - b[i]!) <= by * Math.max(1, Math.abs(b[i]!)));

  for (const scale of [0.25, 1]) {
    for (const weightDecay of [0, 0.05]) {
      const name = `[${shape}], gradient times ${scale}, decay ${weightDecay}`;
      onEachEngine(`SGD: two steps of the formula in plain numbers, ${name}`, async (t) => {
        const options = { learningRate: 0.1, momentum: 0.9, weightDecay, scale };
        let p = wave(0.7, 2);
        let v = wave(0, 0);
        const before = tf.memory().numTensors;
        let made = { parameter: filled(p), velocity: filled(v) };
        for (const g of [wave(1.3), wave(0.4)]) {
          const gradient = filled(g);
          const next = sgdStep({ ...made, gradient }, options);
          v = v.map((value, i) => 0.9 * value + scale * g[i]! + weightDecay * p[i]!);
          p = p.map((value, i) => value - 0.1 * v[i]!);
          tf.dispose([made, gradient]);
          made = next;
          t.ok(close(made.parameter, p), 'parameter');
          t.ok(close(made.velocity, v), 'velocity');
        }
        tf.dispose([made]);
        t.equal(tf.memory().numTensors, before);
      });

      onEachEngine(`AdamW: two steps of the formula in plain numbers, ${name}`, async (t) => {
        const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay, scale };
        let [p, m, s] = [wave(0.7, 2), wave(0, 0), wave(0, 0)];
        const before = tf.memory().numTensors;
        let made = { parameter: filled(p), first: filled(m), second: filled(s) };
        for (const [index, g] of [wave(1.3), wave(0.4)].entries()) {
          const update = index + 1;
          const gradient = filled(g);
          const next = adamWStep({ ...made, gradient }, { ...adam, update });
          m = m.map((value, i) => 0.9 * value + 0.1 * scale * g[i]!);
          s = s.map((value, i) => 0.99 * value + 0.01 * (scale * g[i]!) ** 2);
          p = p.map((value, i) => {
            const step = m[i]! / (1 - 0.9 ** update) / (Math.sqrt(s[i]! / (1 - 0.99 ** update)) + 1e-8);
            return value - 0.01 * step - 0.01 * weightDecay * value;
          });
          tf.dispose([made, gradient]);
          made = next;
          t.ok(close(made.parameter, p), 'parameter');
          t.ok(close(made.first, m) && close(made.second, s), 'moments');
        }
        tf.dispose([made]);
        t.equal(tf.memory().numTensors, before);
      });
    }
  }

  onEachEngine(`the norm of [${shape}], and how it shows what is no number`, async (t) => {
    const [plain, bad] = [filled(wave(1.1)), filled(wave(1.1).map((value, i) => (i === 2 ? Number.NaN : value)))];
    const norms = [vectorNorm(plain), vectorNorm(bad)];
    t.ok(Math.abs(norms[0]!.dataSync()[0]! - Math.hypot(...wave(1.1))) < 1e-5);
    t.ok(Number.isNaN(norms[1]!.dataSync()[0]!));
    t.same(norms[0]!.shape, []);
    tf.dispose([plain, bad, norms]);
  });

  onEachEngine(`a blend of two tensors [${shape}]`, async (t) => {
    const [a, b] = [filled(wave(1.1)), filled(wave(0.3))];
    for (const share of [0, 0.3, 1]) {
      const made = blend(a, b, share);
      const wanted = wave(1.1).map((value, i) => (1 - share) * value + share * wave(0.3)[i]!);
      t.ok(close(made, wanted), `${share}`);
      made.dispose();
    }
    tf.dispose([a, b]);
  });
}

onEachEngine('a step takes tensors whose elements lie in different orders', async (t) => {
  // A transposed tensor may be a view, and a filter that was convolved with may be laid out anew.
  const [a, b] = [tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2])];
  const gradient = tf.transpose(b);
  const velocity = tf.zerosLike(a);
  const made = sgdStep({ parameter: a, gradient, velocity }, { learningRate: 1, momentum: 0, weightDecay: 0, scale: 1 });
  t.same([...made.parameter.dataSync()], [1 - 1, 2 - 3, 3 - 5, 4 - 2, 5 - 4, 6 - 6]);
  t.same([...made.velocity.dataSync()], [1, 3, 5, 2, 4, 6]);
  tf.dispose([a, b, gradient, velocity, made]);
});
