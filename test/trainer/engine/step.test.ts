import * as tf from '../../../src/tf.js';
import { buildDetector, buildOptimizer } from '../../../src/trainer/engine/build.js';
import { Trainer } from '../../../src/trainer/engine/step.js';
import { assign } from '../../../src/trainer/models/parameters.js';
import { flatten } from '../../../src/trainer/optimizers/flat.js';
import type { Optimizer } from '../../../src/trainer/optimizers/optimizer.js';
import { randomOf } from '../../../src/trainer/random.js';
import { onEachEngine } from '../../engines/each-engine.js';
import { noise, tiniestConfig } from './tiny-training.js';

for (const optimizer of [
  { type: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.05, decays: 'filters' },
  { type: 'sgd', momentum: 0.9, weightDecay: 5e-4, decays: 'filters' },
] as const) {
  onEachEngine(
    `${optimizer.type}: a step changes the weights by no more than clipping allows; a loss that is none changes nothing`,
    async (t) => {
      const config = await tiniestConfig();
      const detector = buildDetector(config, { classes: ['a', 'b'], classWeights: [1, 1], seed: 1 });
      const built = buildOptimizer({ ...config.training, optimizer }, detector);
      const trainer = new Trainer(detector, built);
      const random = randomOf(1);
      const batch = noise((below) => random.integer(below));
      const weights = () =>
        tf.tidy(() =>
          flatten(detector.parameters.trainable.map(({ variable }) => variable))
            .dataSync()
            .slice(),
        );
      const moved = async (clip: number) => {
        const before = weights();
        const report = await trainer.step(batch, random, { learningRate: 1e-2, clip });
        const after = weights();
        return { ...report, distance: Math.hypot(...after.map((value, i) => value - before[i]!)), before, after };
      };
      const first = await moved(1e6);
      t.ok(first.distance > 0 && Number.isFinite(first.distance));
      t.equal(updatesOf(built), 1);
      const together = Object.values(first.losses).reduce((sum, value) => sum + value, 0);
      t.ok(Math.abs(together - first.loss) < 1e-3 * Math.abs(first.loss), 'the terms add up');
      if (optimizer.type === 'sgd') {
        const clipped = await moved(1e-3);
        t.ok(clipped.gradientNorm > 1e-3, 'the norm told is the one before clipping');
        // Momentum of the step before, decay, and what clipping left.
        t.ok(clipped.distance < 0.9 * first.distance + 1e-2 * (1e-3 + 5e-4 * Math.hypot(...clipped.before)) + 1e-6);
      }
      const variable = detector.parameters.trainable[0]!.variable;
      assign(variable, tf.mul(variable, Number.NaN));
      const updates = updatesOf(built);
      const state = () => tf.tidy(() => Object.values(built.state().vectors).map((vector) => [...vector.dataSync()]));
      const before = state();
      const tensors = tf.memory().numTensors;
      const spoilt = await moved(10);
      t.notOk(Number.isFinite(spoilt.loss));
      t.same([...spoilt.after], [...spoilt.before]);
      t.same(state(), before);
      t.equal(updatesOf(built), updates);
      t.equal(tf.memory().numTensors, tensors);
      trainer.dispose();
      detector.dispose();
    },
  );
}

/** Its vectors would be ours to dispose. */
function updatesOf(optimizer: Optimizer): number {
  const { vectors, updates } = optimizer.state();
  tf.dispose(Object.values(vectors));
  return updates;
}
