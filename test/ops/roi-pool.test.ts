import { readFileSync } from 'node:fs';
import { roiPool } from '../../src/ops/roi-pool.js';
import * as tf from '../../src/tf.js';
import { onEachEngine } from '../engines/each-engine.js';

/** Made by roi_pool.py beside it. */
const oracle = JSON.parse(readFileSync(new URL('../fixtures/oracles/roi-pool.json', import.meta.url), 'utf8')) as {
  features: [number, number, number, number];
  step: number;
  dyStep: number;
  boxes: number[][];
  pictures: number[];
  cases: { size: number; scale: number; pooled: number[]; gradient: number[] }[];
};

const wave = (shape: number[], step: number) =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(i * step)),
    shape,
  );
const worst = (a: ArrayLike<number>, b: readonly number[]) => b.reduce((most, value, i) => Math.max(most, Math.abs(value - a[i]!)), 0);

onEachEngine("torchvision's maxima and gradients, empty bins and rounding too", async (t) => {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const features = wave(oracle.features, oracle.step) as tf.Tensor4D;
    const boxes = tf.tensor2d(oracle.boxes);
    const pictures = tf.tensor1d(oracle.pictures, 'int32');
    for (const { size, scale, pooled, gradient } of oracle.cases) {
      const run = (x: tf.Tensor) => roiPool(x as tf.Tensor4D, boxes, pictures, { size, scale });
      const made = run(features).dataSync();
      t.equal(made.length, pooled.length);
      t.ok(worst(made, pooled) < 1e-5, `${size} bins a side at ${scale}`);
      const dy = wave([oracle.boxes.length, size, size, oracle.features[3]], oracle.dyStep);
      t.ok(worst(tf.grad(run)(features, dy).dataSync(), gradient) < 1e-5, 'gradient');
    }
  });
  t.equal(tf.memory().numTensors, before);
});
