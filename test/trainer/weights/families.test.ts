import { join } from 'node:path';
import t, { type Test } from 'tap';
import * as tf from '../../../src/tf.js';
import { loadYaml } from '../../../src/trainer/config/load.js';
import { configSchema } from '../../../src/trainer/config/schema.js';
import { buildDetector } from '../../../src/trainer/engine/build.js';
import { detectFamily } from '../../../src/trainer/weights/families/detect.js';
import { mapWeights } from '../../../src/trainer/weights/families/map-weights.js';
import { type Target, usualTarget } from '../../../src/trainer/weights/families/ours.js';
import { type LoadOptions, loadWeights } from '../../../src/trainer/weights/load-weights.js';
import { noTorch, pythonWith, runOracle } from './python-oracle.js';
import { type Given, unread, writeWeights } from './weights-of.js';

t.before(() => tf.setBackend('cpu'));

const python = pythonWith('torch, torchvision');

const mapped = (shapes: Readonly<Record<string, readonly number[]>>, target: Target = usualTarget) => {
  const file = unread(shapes);
  const family = detectFamily(file, undefined);
  return { family, ...mapWeights(file, family!, target) };
};

t.test("every number of torchvision's models has a name of ours", { skip: python ? false : noTorch }, async (t) => {
  const models = JSON.parse(runOracle(python!, 'torchvision_names.py')) as Record<string, Record<string, number[]>>;
  t.equal(Object.keys(models).length, 11);
  for (const [name, shapes] of Object.entries(models)) {
    const { family, tensors, unknown } = mapped(shapes);
    t.equal(family?.name, 'torchvision', name);
    t.same(
      unknown.filter((each) => !each.endsWith('num_batches_tracked')),
      [],
      name,
    );
    const count = (list: Iterable<readonly number[]>) =>
      [...list].reduce((sum, shape) => sum + shape.reduce((product, side) => product * side, 1), 0);
    const theirs = Object.entries(shapes).filter(([each]) => !each.endsWith('num_batches_tracked'));
    // A mask of background is left out: 256 weights and a bias.
    const gone = name.startsWith('mask') ? 257 : 0;
    t.equal(count([...tensors.values()].map(({ shape }) => shape)), count(theirs.map(([, shape]) => shape)) - gone, name);
  }
  const names = mapped(models.resnet18!).tensors;
  t.same(names.get('backbone.stage1.block2.second.conv.weight')?.shape, [3, 3, 64, 64]);
  t.same(names.get('backbone.stage2.block1.shortcut.norm.running_var')?.shape, [128]);
  t.same(mapped(models.resnet152!).tensors.get('backbone.stage3.block36.expand.conv.weight')?.shape, [1, 1, 256, 1024]);
  t.same(mapped(models.vgg16!).tensors.get('backbone.stage5.conv3.weight')?.shape, [3, 3, 512, 512]);
  t.same(mapped(models.vgg16_bn!).tensors.get('backbone.stage1.conv2.norm.weight')?.shape, [64]);
  t.same(mapped(models.keypointrcnn_resnet50_fpn!).tensors.get('keypoint.conv8.weight')?.shape, [3, 3, 512, 512]);
  t.same(mapped(models.maskrcnn_resnet50_fpn!).tensors.get('mask.deconv.weight')?.shape, [2, 2, 256, 256]);
  // As those of before 0.13 call them, and those that DataParallel or Lightning saved.
  const old = Object.fromEntries(
    Object.entries(models.maskrcnn_resnet50_fpn!).map(([each, shape]) => [
      each
        .replace(/(inner_blocks|layer_blocks)\.(\d)\.0\./, '$1.$2.')
        .replace('rpn.head.conv.0.0.', 'rpn.head.conv.')
        .replace(/mask_head\.(\d)\.0\./, (_, index: string) => `mask_head.mask_fcn${Number(index) + 1}.`),
      shape,
    ]),
  );
  t.same([...mapped(old).tensors.keys()].sort(), [...mapped(models.maskrcnn_resnet50_fpn!).tensors.keys()].sort());

  const config = await loadYaml('configs/voc/faster_rcnn_r50_fpn.yaml', configSchema);
  const classes = Array.from({ length: 90 }, (_, i) => `class${i}`);
  const detector = buildDetector(config, { classes, classWeights: classes.map(() => 1), seed: 1 });
  const own = new Map(detector.parameters.all.map(({ name, shape }) => [name, shape.join()]));
  const theirs = new Map([...mapped(models.fasterrcnn_resnet50_fpn!).tensors.values()].map(({ name, shape }) => [name, shape.join()]));
  t.same(Object.fromEntries(theirs), Object.fromEntries(own), "our Faster R-CNN's parameters, all of them and no others");
  detector.dispose();
});

/** A network of two blocks with all heads, as mmdetection names it. */
function mmdetection({
  v1,
  cascade = false,
  classes = 4,
}: {
  readonly v1: boolean;
  readonly cascade?: boolean;
  readonly classes?: number;
}): Record<string, number[]> {
  const heads = v1 ? '' : 'roi_head.';
  const box = (stage: string, own: boolean) => ({
    [`${heads}bbox_head${stage}.shared_fcs.0.weight`]: [6, 2 * 49],
    [`${heads}bbox_head${stage}.shared_fcs.1.weight`]: [6, 6],
    [`${heads}bbox_head${stage}.fc_cls.weight`]: [classes + 1, 6],
    [`${heads}bbox_head${stage}.fc_reg.weight`]: [own ? 4 : 4 * (v1 ? classes + 1 : classes), 6],
  });
  return {
    'backbone.conv1.weight': [4, 3, 7, 7],
    'backbone.bn1.running_mean': [4],
    'backbone.layer1.0.conv1.weight': [4, 4, 1, 1],
    'backbone.layer1.0.conv3.weight': [8, 4, 1, 1],
    'backbone.layer1.0.bn3.bias': [8],
    'backbone.layer1.0.downsample.0.weight': [8, 4, 1, 1],
    'neck.lateral_convs.0.conv.weight': [2, 8, 1, 1],
    'neck.lateral_convs.0.conv.bias': [2],
    'neck.fpn_convs.0.conv.weight': [2, 2, 3, 3],
    'rpn_head.rpn_conv.weight': [2, 2, 3, 3],
    'rpn_head.rpn_cls.weight': [3, 2, 1, 1],
    'rpn_head.rpn_reg.weight': [12, 2, 1, 1],
    ...(cascade ? { ...box('.0', true), ...box('.1', true), ...box('.2', true) } : box('', false)),
    [`${heads}mask_head.convs.0.conv.weight`]: [2, 2, 3, 3],
    [`${heads}mask_head.upsample.weight`]: [2, 2, 2, 2],
    [`${heads}mask_head.conv_logits.weight`]: [v1 ? classes + 1 : classes, 2, 1, 1],
  };
}

t.test('mmdetection 1, 2 and 3, and cascades', async (t) => {
  for (const v1 of [true, false]) {
    const { family, tensors, unknown } = mapped(mmdetection({ v1 }));
    t.equal(family?.name, v1 ? 'mmdetection-v1' : 'mmdetection');
    t.same(unknown, []);
    t.same(tensors.get('head.fc1.weight')?.shape, [98, 6]);
    t.same(tensors.get('head.box.weight')?.shape, [6, 20], 'background has a box with us');
    t.same(tensors.get('mask.classes.weight')?.shape, [1, 1, 2, 4], 'and no mask');
    t.same(tensors.get('rpn.predict.weight')?.from, ['rpn_head.rpn_cls.weight', 'rpn_head.rpn_reg.weight']);
    t.same(mapped(mmdetection({ v1 }), { ...usualTarget, background: 'last' }).tensors.get('head.box.weight')?.shape, [6, 16]);
    const cascade = mapped(mmdetection({ v1, cascade: true }));
    t.same(cascade.tensors.get('head.stage3.box.weight')?.shape, [6, 4]);
    t.same(cascade.unknown, []);
  }
});

/** Loads into parameters of the shapes that the weights themselves have with us. */
function load(
  t: Test,
  tensors: Readonly<Record<string, Given>>,
  names: Readonly<Record<string, readonly number[]>>,
  options: LoadOptions = {},
) {
  const path = writeWeights(join(t.testdir({}), 'weights.safetensors'), tensors);
  const { report, tensors: read, close } = loadWeights(path, new Map(Object.entries(names)), options);
  const made = new Map([...read()].map(({ name, data }) => [name, [...data]]));
  close();
  return { report, made };
}

t.test('the order of classes and boxes', async (t) => {
  const base = { 'backbone.layer1.0.conv1.weight': { shape: [1, 1, 1, 1] } };
  const head = (prefix: string, scores: number, deltas: number) => ({
    ...base,
    [`${prefix}bbox_head.fc_cls.bias`]: { shape: [scores] },
    [`${prefix}bbox_head.fc_reg.bias`]: { shape: [deltas] },
  });
  const names = (scores: number, deltas: number) => ({ 'head.classes.bias': [scores], 'head.box.bias': [deltas] });
  const last = load(t, head('roi_head.', 3, 8), names(3, 12)).made;
  t.same(last.get('head.classes.bias'), [2, 0, 1], 'background comes first');
  t.same(last.get('head.box.bias'), [0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7], 'and gets a box of zeros');
  const toLast = load(t, head('', 3, 12), names(3, 8), { target: { background: 'last' } }).made;
  t.same(toLast.get('head.classes.bias'), [1, 2, 0]);
  t.same(toLast.get('head.box.bias'), [4, 5, 6, 7, 8, 9, 10, 11]);
  const kept = load(t, head('', 3, 12), names(3, 12)).made;
  t.same(kept.get('head.classes.bias'), [0, 1, 2]);
  t.same(kept.get('head.box.bias'), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  t.same(load(t, head('roi_head.', 2, 4), names(2, 8)).made.get('head.box.bias'), [0, 0, 0, 0, 0, 1, 2, 3], 'one class of its own');
  t.same(load(t, head('roi_head.', 2, 4), names(2, 4)).made.get('head.box.bias'), [0, 1, 2, 3], 'one box for all classes');
  const scaled = load(t, head('', 3, 12), names(3, 12), { target: { deviations: [[0.05, 0.05, 0.1, 0.1]] } }).made;
  t.same(scaled.get('head.box.bias')?.map(Math.round), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22], 'in units of other deviations');
  const masks = { ...base, 'roi_head.mask_head.conv_logits.bias': { shape: [3] } };
  t.same(load(t, masks, { 'mask.classes.bias': [3] }).made.get('mask.classes.bias'), [0, 1, 2]);
  const masksV1 = { ...base, 'mask_head.conv_logits.bias': { shape: [3] } };
  t.same(load(t, masksV1, { 'mask.classes.bias': [2] }).made.get('mask.classes.bias'), [1, 2]);
});

t.test('the order of anchors', async (t) => {
  const weights = {
    'backbone.layer1.0.conv1.weight': { shape: [1, 1, 1, 1] },
    'rpn_head.rpn_cls.bias': { shape: [6] },
    'rpn_head.rpn_reg.bias': { shape: [24] },
  };
  const names = { 'rpn.predict.bias': [30] };
  const objectness = (made: readonly number[] | undefined) => made?.filter((_, i) => i % 5 === 0);
  t.same(objectness(load(t, weights, names).made.get('rpn.predict.bias')), [0, 1, 2, 3, 4, 5]);
  // Theirs: two sizes of the first ratio, then two of the next; ours: three ratios of the first size, then of the other.
  const two = load(t, weights, names, { target: { anchors: { sizes: 2, ratios: 3 } } }).made.get('rpn.predict.bias');
  t.same(objectness(two), [0, 2, 4, 1, 3, 5]);
  t.same(two?.slice(5, 10), [2, 8, 9, 10, 11], 'its deltas beside it');
});

t.test("numbers that come out of PyTorch's layers come out of ours", { skip: python ? false : noTorch }, async (t) => {
  type Plain = Required<Given>;
  const oracle = JSON.parse(runOracle(python!, 'layers.py')) as Record<string, Plain> &
    Record<'torchvision' | 'detectron2', Record<string, Plain>>;
  const tensor = (name: string) => tf.tensor(oracle[name]!.data as number[], oracle[name]!.shape as number[]);
  const same = (made: tf.Tensor, name: string) => {
    t.same(made.shape, oracle[name]!.shape, name);
    const worst = Math.max(...[...made.dataSync()].map((value, i) => Math.abs(value - oracle[name]!.data[i]!)));
    t.ok(worst < 1e-4, `${name}: off by ${worst}`);
  };
  const shapes = {
    'backbone.stem.conv.weight': [3, 3, 3, 4],
    'neck.output1.weight': [3, 3, 2, 2],
    'head.fc1.weight': [18, 5],
    'head.fc1.bias': [5],
    'mask.deconv.weight': [2, 2, 3, 2],
    'mask.deconv.bias': [3],
    'keypoint.deconv.weight': [4, 4, 3, 2],
    'keypoint.deconv.bias': [3],
    'rpn.predict.weight': [1, 1, 2, 15],
    'rpn.predict.bias': [15],
  };
  const { report, made } = load(t, oracle.torchvision, shapes);
  t.same([report.missing, report.leftOver, report.wrongShape, report.notes], [[], [], [], []]);
  const loaded = (name: keyof typeof shapes) => tf.tensor(made.get(name)!, shapes[name]);
  const region = tensor('region') as tf.Tensor4D;
  same(tf.conv2d(region, loaded('neck.output1.weight') as tf.Tensor4D, 1, 'same'), 'output');
  same(tf.add(tf.matMul(tf.reshape(region, [3, 18]), loaded('head.fc1.weight')), loaded('head.fc1.bias')), 'fc1');
  same(tf.conv2dTranspose(region, loaded('mask.deconv.weight') as tf.Tensor4D, [3, 6, 6, 3], 2, 'valid'), 'mask');
  same(tf.conv2dTranspose(region, loaded('keypoint.deconv.weight') as tf.Tensor4D, [3, 6, 6, 3], 2, 'same'), 'keypoint');
  const predicted = tf.reshape(
    tf.add(tf.conv2d(region, loaded('rpn.predict.weight') as tf.Tensor4D, 1, 'same'), loaded('rpn.predict.bias')),
    [3, 3, 3, 3, 5],
  );
  same(tf.reshape(tf.slice(predicted, [0, 0, 0, 0, 0], [3, 3, 3, 3, 1]), [3, 3, 3, 3]), 'objectness');
  same(tf.reshape(tf.slice(predicted, [0, 0, 0, 0, 1], [3, 3, 3, 3, 4]), [3, 3, 3, 12]), 'deltas');

  const caffe = load(t, oracle.detectron2, { 'backbone.stem.conv.weight': [3, 3, 3, 4], 'backbone.stem.norm.running_var': [4] });
  t.match(caffe.report.notes[0], /sees BGR/);
  t.same(caffe.report.leftOver.length, 8, 'the norm and the block that nobody asked for');
  const stem = tf.tensor(caffe.made.get('backbone.stem.conv.weight')!, [3, 3, 3, 4]) as tf.Tensor4D;
  const padded = tf.pad(tensor('pixels'), [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]) as tf.Tensor4D;
  same(tf.conv2d(padded, stem, 2, 'valid'), 'stem');
});

t.test('what a report says of what does not fit', async (t) => {
  const weights = {
    'conv1.weight': { shape: [4, 3, 3, 3] },
    'bn1.weight': { shape: [4] },
    'bn1.num_batches_tracked': { shape: [] },
    'layer1.0.conv1.weight': { shape: [4, 4, 1, 1] },
    'layer1.0.conv3.weight': { shape: [4, 4, 1, 1] },
    'fc.weight': { shape: [10, 4] },
  };
  const model = { 'backbone.stem.conv.weight': [3, 3, 3, 4], 'backbone.stem.norm.weight': [8], 'neck.lateral1.weight': [1, 1, 4, 2] };
  const { report, made } = load(t, weights, model);
  t.same([...made.keys()], ['backbone.stem.conv.weight']);
  t.same(report.taken, [{ name: 'backbone.stem.conv.weight', from: ['conv1.weight'] }]);
  t.same(report.missing, ['neck.lateral1.weight']);
  t.same(report.wrongShape, [{ name: 'backbone.stem.norm.weight', from: ['bn1.weight'], has: [4], wants: [8] }]);
  t.same(report.leftOver, ['layer1.0.conv1.weight', 'layer1.0.conv3.weight', 'fc.weight']);
  t.throws(() => load(t, weights, { 'head.fc1.weight': [2, 2] }), /Nothing of `.*` fits the model/);
  t.throws(
    () => load(t, { 'encoder.weight': { shape: [1] } }, model),
    /names its tensors as no program that is known here, such as `encoder\.weight`/,
  );
  const own = load(t, { 'model.backbone.stem.norm.weight': { shape: [8] } }, model);
  t.equal(own.report.family, 'gpu-setup');
  t.same(own.made.get('backbone.stem.norm.weight'), [0, 1, 2, 3, 4, 5, 6, 7]);
});
