import t from 'tap';
import { ops } from '../../../src/ops/index.js';
import { registerOps } from '../../../src/ops/op.js';
import * as tf from '../../../src/tf.js';
import { loadYaml } from '../../../src/trainer/config/load.js';
import { configSchema, type TrainingConfig } from '../../../src/trainer/config/schema.js';
import type { Batch } from '../../../src/trainer/contracts.js';
import { buildDetector } from '../../../src/trainer/engine/build.js';
import { regionLevel } from '../../../src/trainer/models/heads/region-level.js';
import { randomOf } from '../../../src/trainer/random.js';

t.before(async () => {
  await tf.setBackend('cpu');
  registerOps(ops, 'cpu');
});

const shipped = (name: string) => loadYaml(new URL(`../../../configs/voc/${name}`, import.meta.url).pathname, configSchema);
const names = (count: number) => Array.from({ length: count }, (_, i) => `class${i}`);
const build = (config: TrainingConfig, classes: number) =>
  buildDetector(config, { classes: names(classes), classWeights: names(classes).map(() => 1), seed: 1 });

t.test("ResNet-50 FPN has torchvision's parameters, number for number", async (t) => {
  const detector = build(await shipped('faster_rcnn_r50_fpn.yaml'), 20);
  const { trainable, count } = detector.parameters;
  // resnet_fpn_backbone('resnet50', weights=None, norm_layer=BatchNorm2d, trainable_layers=5) in FasterRCNN(num_classes=21), torchvision 0.14.
  t.equal(count, 41_449_656);
  const sum = (start: string) =>
    trainable.filter(({ name }) => name.startsWith(start)).reduce((total, { variable }) => total + variable.size, 0);
  t.same(['backbone.', 'neck.', 'rpn.', 'head.'].map(sum), [23_508_032, 3_344_384, 593_935, 14_003_305]);
  const shapeOf = (name: string) => trainable.find((each) => each.name === name)?.shape;
  t.same(shapeOf('backbone.stage4.block1.middle.conv.weight'), [3, 3, 512, 512]);
  t.same(shapeOf('backbone.stage4.block3.expand.conv.weight'), [1, 1, 512, 2048]);
  t.notOk(shapeOf('backbone.stage4.block2.shortcut.conv.weight'), 'only the first block of a stage projects');
  detector.dispose();
});

t.test('the map a box is taken from', async (t) => {
  const level = (width: number, height = width) => regionLevel(width, height, 4, 4);
  t.same(
    [224, 223, 112, 111, 448, 447].map((side) => level(side)),
    [2, 1, 1, 0, 3, 2],
  );
  t.same([level(1), level(0), level(4000)], [0, 0, 3], 'beyond the ends the nearest');
  t.equal(level(448, 112), 2, 'by area');
  t.equal(regionLevel(224, 224, 8, 3), 1, 'the map of stride 16, whichever is the finest');
});

/** The recipe's own parts, small. */
async function small(): Promise<TrainingConfig> {
  const config = await shipped('faster_rcnn_r50_fpn.yaml');
  const { rpn, head } = config.model;
  return configSchema.parse({
    ...config,
    model: {
      ...config.model,
      backbone: {
        type: 'compact',
        stem: 4,
        stemBlocks: 0,
        stages: [
          { channels: 4, blocks: 0 },
          { channels: 6, blocks: 0 },
        ],
      },
      neck: { type: 'fpn', channels: 4 },
      rpn: { ...rpn, anchors: { sizes: [[16], [32], [48]], ratios: [1] }, norm: false },
      head: { ...head, pooled: 2, width: 6, samples: 8, testing: { score: 0, threshold: 0.5, limit: 7 } },
    },
  });
}

t.test('a box of its own for each class: losses with gradients everywhere, detections within the picture', async (t) => {
  const detector = build(await small(), 3);
  const random = randomOf(2);
  const [width, height] = [64, 48];
  const truth = {
    boxes: { count: 2, xyxy: Float32Array.from([4, 6, 30, 34, 30, 10, 60, 44]) },
    labels: Int32Array.from([2, 0]),
    difficult: new Uint8Array(2),
  };
  const record = { id: 'noise', imagePath: '', annotationPath: '', width, height, truth };
  const batch: Batch = {
    pixels: Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)),
    count: 1,
    width,
    height,
    samples: [{ record, width, height, scaleX: 1, scaleY: 1, truth }],
  };
  const before = tf.memory().numTensors;
  const { value, grads } = tf.variableGrads(() => tf.addN(Object.values(detector.losses(batch, random))) as tf.Scalar);
  t.ok(Number.isFinite(value.dataSync()[0]!));
  const boxes = detector.parameters.trainable.find(({ name }) => name === 'head.box.weight')!;
  t.same(boxes.shape, [6, 16], 'background and three classes');
  const taught = grads[boxes.variable.name]!.dataSync();
  const columns = Array.from({ length: 4 }, (_, label) => taught.some((g, i) => Math.floor((i % 16) / 4) === label && g !== 0));
  t.same(columns, [false, true, false, true], 'only the boxes of the classes that are there are taught');
  tf.dispose([value, grads]);
  const [found] = detector.predict(batch);
  t.equal(tf.memory().numTensors, before);
  t.equal(found!.boxes.count, 7, 'as many as the limit');
  t.ok(found!.scores.every((score, i) => i === 0 || score <= found!.scores[i - 1]!));
  t.ok(found!.boxes.xyxy.every((edge, i) => edge >= 0 && edge <= (i % 2 === 0 ? width : height)));
  detector.dispose();
});
