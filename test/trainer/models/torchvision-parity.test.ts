import { join } from 'node:path';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import * as tf from '../../../src/tf.js';
import { readConfig, type TrainingConfig } from '../../../src/trainer/config/schema.js';
import { type Record as Annotated, type Batch, pixelMean, type Truth } from '../../../src/trainer/contracts.js';
import { Pictures } from '../../../src/trainer/data/pictures/pictures.js';
import { buildDetector, buildOptimizer } from '../../../src/trainer/engine/build.js';
import { valueAndGradients } from '../../../src/trainer/engine/gradients.js';
import { drawingOf } from '../../../src/trainer/engine/picture-detail.js';
import { Trainer } from '../../../src/trainer/engine/step.js';
import { randomOf } from '../../../src/trainer/random.js';
import { activateForParity } from './parity-engine.js';
import { apart, askTorchvision, inOurLayout, type Tensors, torchvisionPython, type Values } from './torchvision-oracle.js';

t.setTimeout(1_200_000);

t.before(activateForParity);

const sizes = [
  [150, 100],
  [90, 130],
] as const;

/** Two pictures of blurred noise. */
async function noisePictures(folder: string, seed: number): Promise<string[]> {
  const random = randomOf(seed);
  return Promise.all(
    sizes.map(async ([width, height], index) => {
      const path = join(folder, `${index}.png`);
      const small = Buffer.from(Uint8Array.from({ length: 20 * 20 * 3 }, () => random.integer(256)));
      await sharp(small, { raw: { width: 20, height: 20, channels: 3 } })
        .resize(width, height, { fit: 'fill' })
        .png()
        .toFile(path);
      return path;
    }),
  );
}

const boxesOf = [
  [
    [10, 12, 70, 80],
    [60.5, 20.25, 140, 95],
    [5, 60, 30, 90],
  ],
  [[20, 30, 80, 120]],
];
const labelsOf = [[1, 3, 2], [4]];

async function batchOf(config: TrainingConfig, paths: readonly string[]): Promise<Batch> {
  const records = paths.map((imagePath, index): Annotated => {
    const boxes = boxesOf[index]!;
    const truth: Truth = {
      boxes: { count: boxes.length, xyxy: Float32Array.from(boxes.flat()) },
      labels: Int32Array.from(labelsOf[index]!, (label) => label - 1),
      difficult: new Uint8Array(boxes.length),
    };
    const [width, height] = sizes[index]!;
    return { id: String(index), imagePath, annotationPath: '', width, height, truth };
  });
  const pictures = new Pictures({ cacheBytes: 0 });
  try {
    for await (const batch of pictures.batches({ dataset: { records }, batchSize: 2, ...drawingOf(config), seed: 0 })) return batch;
    throw new Error('no batch');
  } finally {
    await pictures.close();
  }
}

const few = { before: 200, threshold: 0.7, after: 100 };
const shipped = 'configs/torchvision/fasterrcnn_resnet50_fpn.yaml';
/** The shipped config with fewer proposals and small pictures; nothing is drawn. */
const configOf = async (set: readonly string[]) => {
  const usual = [
    'data.size={ shortSide: 128, longSide: 180 }',
    'data.augment={ _delete_: true }',
    `model.rpn.proposals={ training: ${JSON.stringify(few)}, testing: ${JSON.stringify(few)} }`,
    'model.rpn.objectness.sampler.type=pseudo',
    'model.head.sampler.type=pseudo',
  ];
  return (await readConfig(shipped, { set: [...usual, ...set], shown: shipped })).config;
};
const theirOptions = {
  min_size: 128,
  max_size: 180,
  rpn_pre_nms_top_n_train: 200,
  rpn_pre_nms_top_n_test: 200,
  rpn_post_nms_top_n_train: 100,
  rpn_post_nms_top_n_test: 100,
  rpn_batch_size_per_image: 1_000_000,
  box_batch_size_per_image: 1_000_000,
};
const classes = ['a', 'b', 'c', 'd'];
const built = (config: TrainingConfig, weights: Tensors) => {
  const detector = buildDetector(config, { classes, classWeights: classes.map(() => 1), seed: 0 });
  detector.parameters.load(inOurLayout(weights, detector.parameters.all), 'torchvision');
  return detector;
};

function close(t: Test, what: string, ours: ArrayLike<number>, theirs: ArrayLike<number> | undefined, tolerance: number): void {
  const off = theirs === undefined ? Number.NaN : apart(ours, theirs);
  t.ok(off <= tolerance, `${what} is off by ${off.toExponential(1)}`);
}

type Detector = ReturnType<typeof built>;

/** Features, proposals, boxes, scores and labels of the batch. */
function compareUse(t: Test, detector: Detector, batch: Batch, results: Tensors): void {
  t.same([batch.height, batch.width], results.get('inputs')!.shape.slice(2), 'the same size');
  const { maps, proposals } = detector.firstStage(batch);
  for (const [level, map] of maps.entries())
    close(
      t,
      `map ${level}`,
      tf.tidy(() => tf.transpose(map, [0, 3, 1, 2]).dataSync()),
      results.get(`feature.${level}`)?.data,
      1e-4,
    );
  for (const [index, { xyxy }] of proposals.entries()) close(t, `proposals ${index}`, xyxy, results.get(`proposals.${index}`)?.data, 1e-4);
  const found = detector.predict(batch);
  for (const [index, { boxes, scores, labels }] of found.entries()) {
    t.ok(boxes.count > 5, `${boxes.count} detections`);
    close(t, `boxes ${index}`, boxes.xyxy, results.get(`boxes.${index}`)?.data, 1e-4);
    close(t, `scores ${index}`, scores, results.get(`scores.${index}`)?.data, 1e-4);
    t.same(
      [...labels].map((label) => label + 1),
      [...results.get(`labels.${index}`)!.data],
    );
  }
  tf.dispose([...maps]);
}

/** Our names, their values. */
const lossesOf = (results: Tensors, step: number) =>
  [
    ['rpn_objectness', 'loss_objectness'],
    ['rpn_box', 'loss_rpn_box_reg'],
    ['head_classes', 'loss_classifier'],
    ['head_box', 'loss_box_reg'],
  ].map(([ours, theirs]) => [ours!, results.get(`${theirs}.step${step}`)!.data[0]!] as const);

const targets = boxesOf.map((boxes, index) => ({ boxes, labels: labelsOf[index]! }));

t.test('ResNet-50: features, proposals, boxes, scores, losses and gradients', { skip: !torchvisionPython }, async (t) => {
  const pictures = await noisePictures(t.testdir(), 3);
  const train = { targets, steps: 1, learningRate: 0, momentum: 0, weightDecay: 0 };
  const { weights, results } = askTorchvision({
    model: 'detector',
    seed: 3,
    classes: 5,
    pictures,
    options: { ...theirOptions, farFromZero: true },
    train,
  });
  const config = await configOf([]);
  const detector = built(config, weights);
  const batch = await batchOf(config, pictures);
  close(
    t,
    'pictures',
    scaled(batch),
    tf.tidy(() => toChannelsLast(results.get('inputs')!).dataSync()),
    1e-6,
  );
  compareUse(t, detector, batch, results);
  const { trainable } = detector.parameters;
  const before = tf.memory().numTensors;
  const terms: Record<string, number> = {};
  const { value, gradients } = valueAndGradients(
    () => {
      const losses = detector.losses(batch, randomOf(0));
      for (const [name, term] of Object.entries(losses)) terms[name] = term.dataSync()[0]!;
      return tf.addN(Object.values(losses)) as tf.Scalar;
    },
    trainable.map(({ variable }) => variable),
  );
  for (const [name, theirs] of lossesOf(results, 0)) close(t, name, [terms[name]!], [theirs], 1e-3);
  const theirs = inOurLayout(prefixed(results, 'gradient.'), trainable);
  t.equal(theirs.size, trainable.length, 'the same parameters are trained');
  for (const [index, { name }] of trainable.entries())
    close(t, `gradient of ${name}`, gradients[index]!.dataSync(), theirs.get(name)?.data, 1e-3);
  tf.dispose([value, ...gradients.filter((gradient) => gradient !== undefined)]);
  t.equal(tf.memory().numTensors, before);

  detector.dispose();
});

t.test('ResNet-18, other sizes and thresholds: use, and ten steps of training', { skip: !torchvisionPython }, async (t) => {
  const pictures = await noisePictures(t.testdir(), 7);
  const training = { steps: 10, learningRate: 2e-4, momentum: 0.9, weightDecay: 1e-4 };
  const options = { ...theirOptions, backbone: 'resnet18', min_size: 100, box_score_thresh: 0.15, box_nms_thresh: 0.3 };
  const { weights, results } = askTorchvision({
    model: 'detector',
    seed: 7,
    classes: 5,
    pictures,
    options,
    train: { targets, ...training },
  });
  const config = await configOf([
    'model.backbone={ _delete_: true, type: resnet, depth: 18, norm: { type: frozen }, trainableStages: 3 }',
    'data.size.shortSide=100',
    'model.head.testing={ score: 0.15, threshold: 0.3 }',
  ]);
  const detector = built(config, weights);
  const batch = await batchOf(config, pictures);
  compareUse(t, detector, batch, results);
  const { trainable } = detector.parameters;
  const optimizer = { ...config.training.optimizer, type: 'sgd' as const, momentum: 0.9, weightDecay: 1e-4, decays: 'all' as const };
  const trainer = new Trainer(detector, buildOptimizer({ ...config.training, optimizer }, detector));
  for (let step = 0; step < training.steps; step++) {
    const { losses } = await trainer.step(batch, randomOf(0), { learningRate: training.learningRate, clip: Number.POSITIVE_INFINITY });
    for (const [name, theirs] of lossesOf(results, step)) close(t, `${name} in step ${step}`, [losses[name]!], [theirs], 1e-2);
  }
  const after = inOurLayout(prefixed(results, 'after.'), trainable);
  for (const { name, variable } of trainable) close(t, `${name} after ten steps`, variable.dataSync(), after.get(name)?.data, 1e-2);
  trainer.dispose();
  detector.dispose();
});

const toChannelsLast = ({ shape, data }: Values): tf.Tensor4D =>
  tf.transpose(tf.tensor4d(data, shape as [number, number, number, number]), [0, 2, 3, 1]);

/** The batch as a detector sees it. */
function scaled({ pixels }: Batch): Float32Array {
  const deviation = [58.395, 57.12, 57.375];
  return Float32Array.from(pixels, (value, i) => (value - pixelMean[i % 3]!) / deviation[i % 3]!);
}

const prefixed = (tensors: Tensors, prefix: string): Tensors =>
  new Map([...tensors].flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [])));
