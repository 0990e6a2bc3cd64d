#!/usr/bin/env node
// Our side of `scripts/bench train`: the step that `gpu-setup train` makes, on random pictures and boxes. Runs on what is built in dist/.
//   --describe                 every model as a description that torchvision_train.py builds too, one JSON document
//   --model NAME [--steps N] [--warmup N] [--mode train|test] [--engine NAME] [--seed N] [--threads N]
//                              one line of JSON: {name, side, mode, engine, imagesPerSecond, batch, threads, steps, msPerStep, parameters, peakMiB}
//   --profile                  and kernels: [{kernel, calls, ms}] per step, each without what it calls in turn
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { activateEngine, built } from './chosen-engine.mjs';
import { KernelClock } from './kernel-clock.mjs';
import { median } from './median.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const { values } = parseArgs({
  options: {
    describe: { type: 'boolean', default: false },
    model: { type: 'string', default: 'compact' },
    mode: { type: 'string', default: 'train' },
    steps: { type: 'string', default: '10' },
    warmup: { type: 'string', default: '3' },
    engine: { type: 'string' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string' },
    profile: { type: 'boolean', default: false },
  },
});

/** Nine shapes such as k-means finds in a small set; fitted ones would need a data set, and cost the same. */
const anchorShapes = [16, 48, 112].flatMap((side) => [0.5, 1, 2].map((ratio) => [side / Math.sqrt(ratio), side * Math.sqrt(ratio)]));
const models = [
  { name: 'compact', config: 'configs/voc/faster_rcnn_compact.yaml', classes: 3, width: 384, height: 288, boxes: 12 },
  { name: 'r18fpn', config: 'configs/voc/faster_rcnn_r18_fpn.yaml', classes: 20, width: 320, height: 240, boxes: 12 },
  { name: 'r50fpn', config: 'configs/voc/faster_rcnn_r50_fpn.yaml', classes: 20, width: 427, height: 320, boxes: 12 },
];
/** What the peer samples where we take the focal loss of all anchors: torchvision's default, and no less work for us. */
const sampled = { samples: 256, positiveFraction: 0.5 };

const configs = new Map();
for (const model of models) {
  const [{ loadYaml }, { configSchema }] = await Promise.all([built('trainer/config/load.js'), built('trainer/config/schema.js')]);
  configs.set(model.name, await loadYaml(join(root, model.config), configSchema));
}

if (values.describe) process.stdout.write(`${JSON.stringify(models.map(describe), undefined, 2)}\n`);
else process.stdout.write(`${JSON.stringify(await measure())}\n`);

/** In the words of torchvision_train.py. */
function describe({ name, classes, width, height, boxes }) {
  const { model, training } = configs.get(name);
  const { optimizer, schedule, clip } = training;
  const { anchors, norm, objectness } = model.rpn;
  const taught = objectness.type === 'sampled' ? objectness : sampled;
  return {
    name,
    classes,
    width,
    height,
    boxes,
    batch: training.batch,
    backbone: model.backbone.type === 'resnet' ? { type: `resnet${model.backbone.depth}` } : model.backbone,
    neck: model.neck,
    anchors: 'fit' in anchors ? { shapes: anchorShapes } : anchors,
    rpn: {
      convs: 1,
      ...(norm ? { norm: 'bn' } : {}),
      batch: taught.samples,
      positive: taught.positiveFraction,
      iou: [model.rpn.assign.positive, model.rpn.assign.negative],
      preNms: model.rpn.proposals.training.before,
      postNms: model.rpn.proposals.training.after,
      preNmsTest: model.rpn.proposals.testing.before,
      postNmsTest: model.rpn.proposals.testing.after,
      nms: model.rpn.proposals.training.threshold,
    },
    roi: { size: model.head.pooled, samples: 2, batch: model.head.samples, positive: model.head.positiveFraction },
    head: { reduced: model.head.reduced, widths: [model.head.width, model.head.width] },
    optimizer: {
      type: optimizer.type,
      learningRate: schedule.peak,
      weightDecay: optimizer.weightDecay,
      momentum: optimizer.momentum,
      clipNorm: clip,
    },
  };
}

async function measure() {
  const model = models.find(({ name }) => name === values.model);
  if (!model) throw new Error(`there is no model \`${values.model}\``);
  const [{ buildDetector, buildOptimizer }, { Trainer }, { randomOf }] = await Promise.all([
    built('trainer/engine/build.js'),
    built('trainer/engine/step.js'),
    built('trainer/random.js'),
  ]);
  const engine = await activateEngine(values.engine);
  const clock = values.profile ? new KernelClock(await built('tf.js'), engine.name) : undefined;

  const seed = Number(values.seed);
  const loaded = configs.get(model.name);
  const { rpn } = loaded.model;
  const config = { ...loaded, model: { ...loaded.model, rpn: { ...rpn, anchors: 'fit' in rpn.anchors ? anchorShapes : rpn.anchors } } };
  const classes = Array.from({ length: model.classes }, (_, index) => `class${index}`);
  const detector = buildDetector(config, { classes, classWeights: classes.map(() => 1), seed });
  const trainer = new Trainer(detector, buildOptimizer(config.training, detector));
  const random = randomOf(seed);
  const batches = Array.from({ length: 4 }, () => randomBatch(model, config.training.batch, random));
  const options = { learningRate: config.training.schedule.peak, clip: config.training.clip };

  const times = [];
  for (let step = 0; step < Number(values.warmup) + Number(values.steps); step++) {
    if (step === Number(values.warmup)) clock?.start();
    const started = performance.now();
    if (values.mode === 'train') await trainer.step(batches[step % batches.length], random, options);
    else detector.predict(batches[step % batches.length]);
    if (step >= Number(values.warmup)) times.push(performance.now() - started);
  }
  const total = times.reduce((sum, ms) => sum + ms, 0);
  return {
    name: model.name,
    side: 'gpu-setup',
    mode: values.mode,
    engine: engine.name,
    imagesPerSecond: (1000 * config.training.batch * times.length) / total,
    batch: config.training.batch,
    threads: availableParallelism(),
    steps: times.length,
    msPerStep: { median: median(times), min: Math.min(...times), max: Math.max(...times) },
    parameters: detector.parameters.count,
    // Of the whole process, KiB.
    peakMiB: process.resourceUsage().maxRSS / 1024,
    ...(clock ? { kernels: clock.perStep(times.length) } : {}),
  };
}

/** Noise, with boxes from a sixteenth to a half of the short side: what torchvision_train.py draws. */
function randomBatch({ width, height, boxes, classes }, count, random) {
  const pixels = new Uint8Array(count * height * width * 3);
  for (let i = 0; i < pixels.length; i++) pixels[i] = random.integer(256);
  const short = Math.min(width, height);
  const samples = Array.from({ length: count }, (_, index) => {
    const xyxy = new Float32Array(boxes * 4);
    for (let box = 0; box < boxes; box++) {
      const [w, h] = [0, 1].map(() => short * (1 / 16 + random.next() * (1 / 2 - 1 / 16)));
      const [x, y] = [random.next() * (width - w), random.next() * (height - h)];
      xyxy.set([x, y, x + w, y + h], box * 4);
    }
    const truth = {
      boxes: { count: boxes, xyxy },
      labels: Int32Array.from({ length: boxes }, () => random.integer(classes)),
      difficult: new Uint8Array(boxes),
    };
    const record = { id: `noise-${index}`, imagePath: '', annotationPath: '', width, height, truth };
    return { record, width, height, scaleX: 1, scaleY: 1, truth };
  });
  return { pixels, count, height, width, samples };
}
