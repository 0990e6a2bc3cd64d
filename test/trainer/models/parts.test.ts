import t from 'tap';
import { ops } from '../../../src/ops/index.js';
import { registerOps } from '../../../src/ops/op.js';
import * as tf from '../../../src/tf.js';
import { type BackboneConfig, backbones } from '../../../src/trainer/models/backbones/index.js';
import { boxLosses } from '../../../src/trainer/models/box-losses/index.js';
import { conventionOf } from '../../../src/trainer/models/convention.js';
import { extractors } from '../../../src/trainer/models/extractors/index.js';
import { necks } from '../../../src/trainer/models/necks/index.js';
import { norms, usualNorm } from '../../../src/trainer/models/norms/index.js';
import { Parameters } from '../../../src/trainer/models/parameters.js';
import { suppressions } from '../../../src/trainer/models/suppressions/index.js';
import { randomOf } from '../../../src/trainer/random.js';
import type { ConfigOf } from '../../../src/trainer/registry.js';

t.before(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
  registerOps(ops, 'cpu');
});

const built = (config: BackboneConfig) => {
  const parameters = new Parameters(randomOf(1));
  const building = { parameters, convention: conventionOf('torchvision') };
  return { parameters, building, backbone: backbones.build(config, building) };
};
const near = (a: ArrayLike<number>, b: readonly number[], by = 1e-5) =>
  a.length === b.length && b.every((value, i) => Math.abs(a[i]! - value) <= by);

t.test('stages that are not trained are kept, and their statistics too', async (t) => {
  const { parameters, backbone } = built({ type: 'resnet', depth: 18, norm: usualNorm, trainableStages: 3 });
  const trained = parameters.trainable.map(({ name }) => name);
  t.notOk(trained.some((name) => /^backbone\.(stem|stage1)\./.test(name)));
  t.equal(trained.filter((name) => name.endsWith('.conv.weight')).length, 15);
  t.ok(
    parameters.statistics.some(({ name }) => name === 'backbone.stage1.block1.first.conv.weight'),
    'it is saved all the same',
  );
  const mean = (name: string) =>
    parameters.all
      .find((each) => each.name === `${name}.norm.running_mean`)!
      .variable.dataSync()
      .slice();
  const before = ['backbone.stem', 'backbone.stage2.block1.first'].map(mean);
  tf.tidy(() => void backbone.forward(tf.ones([1, 32, 32, 3]), { training: true }));
  t.same(mean('backbone.stem'), before[0]);
  t.notSame(mean('backbone.stage2.block1.first'), before[1]);
  parameters.dispose();
});

t.test('VGG-16: maps of stride 4, 8 and 16; the paper trains three of its stages', async (t) => {
  const { parameters, building, backbone } = built({ type: 'vgg16', trainableStages: 3 });
  t.equal(
    parameters.all.reduce((sum, { variable }) => sum + variable.size, 0),
    14_714_688,
    'parameters of its 13 convolutions',
  );
  t.equal(parameters.trainable.length, 2 * 9);
  const neck = necks.build({ type: 'single' }, { ...building, backbone });
  const maps = tf.tidy(() =>
    neck.forward(backbone.forward(tf.zeros([1, 33, 48, 3]), { training: false }), { training: false }).map(({ shape }) => shape),
  );
  t.same(maps, [[1, 2, 3, 512]]);
  t.same(neck.strides, [16]);
  parameters.dispose();
});

t.test('group norm has mean and deviation of each group of each picture', async (t) => {
  const parameters = new Parameters(randomOf(1));
  const norm = norms.build({ type: 'group', groups: 2, epsilon: 0 }, { parameters, name: 'layer', channels: 4 });
  t.equal(norm.affine({ training: false }), undefined);
  const x = tf.tensor4d([1, 3, 10, 20, 5, 7, 30, 40, 2, 2, 2, 4, 4, 4, 6, 6], [2, 1, 2, 4]);
  const made = norm.forward(x, false).dataSync();
  const normal = (values: number[]) => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
    return values.map((value) => (value - mean) / deviation);
  };
  t.ok(near([made[0]!, made[1]!, made[4]!, made[5]!], normal([1, 3, 5, 7])));
  t.ok(near([made[10]!, made[11]!, made[14]!, made[15]!], normal([2, 4, 6, 6])));
  t.ok(
    norm
      .forward(x, true)
      .dataSync()
      .every((value) => value >= 0),
  );
  t.equal(
    norms.build({ type: 'group', groups: 32, epsilon: 0 }, { parameters, name: 'odd', channels: 6 }).affine({ training: true }),
    undefined,
  );
});

t.test('a frozen norm has nothing to train and is the same in training', async (t) => {
  const parameters = new Parameters(randomOf(1));
  const norm = norms.build({ type: 'frozen', epsilon: 0 }, { parameters, name: 'layer', channels: 2 });
  parameters.load(
    new Map(
      Object.entries({ weight: [2, 3], bias: [1, 0], running_mean: [5, 6], running_var: [4, 9] }).map(([part, values]) => [
        `layer.norm.${part}`,
        { shape: [2], data: Float32Array.from(values) },
      ]),
    ),
    'test',
  );
  t.same(parameters.trainable, []);
  const { gain, shift } = norm.affine({ training: true })!;
  t.ok(near(gain.dataSync(), [1, 1]) && near(shift.dataSync(), [-4, -6]));
});

t.test('regions as torchvision takes them: `aligned` and not, and RoI pooling', async (t) => {
  const features = tf.reshape(tf.range(0, 64), [1, 8, 8, 1]) as tf.Tensor4D;
  const regions = { xyxy: Float32Array.from([1, 1, 6, 5, 7, 7, 7, 7]), pictureOf: Int32Array.from([0, 0]) };
  const take = (config: ConfigOf<(typeof extractors)['components'][number]>, align: 'centred' | 'corner') => [
    ...extractors.build(config, { align })(features, regions, { stride: 1, size: 2 }).dataSync(),
  ];
  const align = { type: 'roi_align', samples: 2 } as const;
  t.ok(near(take(align, 'corner'), [18.25, 20.75, 34.25, 36.75, 63, 63, 63, 63]), String(take(align, 'corner')));
  t.ok(near(take(align, 'centred'), [13.75, 16.25, 29.75, 32.25, 58.5, 58.5, 58.5, 58.5]), String(take(align, 'centred')));
  t.same(take({ type: 'roi_pool' }, 'centred'), [27, 30, 43, 46, 63, 63, 63, 63]);
});

t.test('losses of boxes: their values, and gradients of one sign', async (t) => {
  const at = (config: ConfigOf<(typeof boxLosses)['components'][number]>, distance: number) => {
    const loss = boxLosses.build(config, undefined);
    const predicted = tf.tensor2d([[distance, 0, 0, 0]]);
    const weights = tf.tensor2d([[2]]);
    const value = loss(predicted, tf.zeros([1, 4])).dataSync()[0]!;
    t.ok(Math.abs(loss(predicted, tf.zeros([1, 4]), weights).dataSync()[0]! - 2 * value) < 1e-6, 'weights count');
    return value;
  };
  t.ok(near([at({ type: 'smooth_l1', beta: 0.5 }, 0.25), at({ type: 'smooth_l1', beta: 0.5 }, -2)], [0.0625, 1.75]));
  t.ok(near([at({ type: 'l1' }, 0.25), at({ type: 'l1' }, -2)], [0.25, 2]));
  // Pang et al., 2019: alpha / b (b x + 1) ln(b x + 1) - alpha x, b = e^(gamma / alpha) - 1; from 1 on gamma x and what makes the two meet.
  const b = Math.exp(3) - 1;
  const inside = (x: number) => (0.5 / b) * (b * x + 1) * Math.log(b * x + 1) - 0.5 * x;
  const balanced = { type: 'balanced_l1', alpha: 0.5, gamma: 1.5 } as const;
  t.ok(near([at(balanced, 0.3), at(balanced, -3)], [inside(0.3), inside(1) + 1.5 * 2]));
});

t.test('suppression: hard drops, soft believes less', async (t) => {
  // IoU of the first two is 0.6; the third is of another class, the fourth apart.
  const xyxy = [0, 0, 10, 10, 0, 0, 10, 6, 0, 0, 10, 10, 50, 50, 60, 60];
  const candidates = { xyxy, labels: [0, 0, 1, 0], scores: [0.9, 0.8, 0.7, 0.1] };
  const limits = { threshold: 0.5, limit: 3 };
  const kept = (config: ConfigOf<(typeof suppressions)['components'][number]>) => suppressions.build(config, undefined)(candidates, limits);
  t.same(
    kept({ type: 'hard' }).map(({ index }) => index),
    [0, 2, 3],
  );
  const linear = kept({ type: 'soft', decay: 'linear', sigma: 0.5, least: 0.05 });
  t.same(
    linear.map(({ index }) => index),
    [0, 2, 1],
  );
  t.ok(
    near(
      linear.map(({ score }) => score),
      [0.9, 0.7, 0.8 * 0.4],
    ),
  );
  const gaussian = kept({ type: 'soft', decay: 'gaussian', sigma: 0.5, least: 0.5 });
  t.ok(
    near(
      gaussian.map(({ score }) => score),
      [0.9, 0.7],
    ),
    'below the least score nothing stays',
  );
  t.ok(
    near(
      kept({ type: 'soft', decay: 'gaussian', sigma: 0.5, least: 0.2 }).map(({ score }) => score),
      [0.9, 0.7, 0.8 * Math.exp(-(0.6 ** 2) / 0.5)],
    ),
  );
});
