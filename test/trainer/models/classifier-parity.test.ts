import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import * as tf from '../../../src/tf.js';
import type { BackboneConfig } from '../../../src/trainer/models/backbones/index.js';
import { imageClassifier } from '../../../src/trainer/models/classifier.js';
import { usualNorm } from '../../../src/trainer/models/norms/index.js';
import { randomOf } from '../../../src/trainer/random.js';
import { loadWeights } from '../../../src/trainer/weights/load-weights.js';
import { activateForParity } from './parity-engine.js';
import { apart, askTorchvision, torchvisionPython } from './torchvision-oracle.js';

t.setTimeout(1_200_000);
t.before(activateForParity);

const resnet = (depth: 18 | 50): BackboneConfig => ({ type: 'resnet', depth, norm: usualNorm, trainableStages: 5 });
const networks: readonly (readonly [string, BackboneConfig, { side: number; width?: number }])[] = [
  ['resnet18', resnet(18), { side: 96 }],
  ['resnet50', resnet(50), { side: 79 }],
  ['vgg16', { type: 'vgg16', trainableStages: 5 }, { side: 224, width: 16 }],
];

for (const [name, backbone, { side, width }] of networks) {
  t.test(`${name} classifies as torchvision's`, { skip: !torchvisionPython }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'classifier-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const { results } = askTorchvision({ model: name, seed: 5, classes: 7, pictures: [], options: { side, width }, keep: folder });
    const model = imageClassifier({ backbone, convention: 'torchvision', classes: 7, ...(width ? { width } : {}) }, randomOf(0));
    const shapes = new Map(model.parameters.all.map((each) => [each.name, each.shape] as const));
    const loaded = loadWeights(join(folder, 'weights.safetensors'), shapes);
    t.same(loaded.report.missing, []);
    t.same(loaded.report.leftOver, []);
    model.parameters.load(new Map([...loaded.tensors()].map((tensor) => [tensor.name, tensor])), name);
    loaded.close();
    const { data, shape } = results.get('inputs')!;
    const logits = tf.tidy(() => {
      const pictures: tf.Tensor4D = tf.transpose(tf.tensor4d(data, shape as [number, number, number, number]), [0, 2, 3, 1]);
      return model.forward(pictures, { training: false }).dataSync();
    });
    const off = apart(logits, results.get('logits')!.data);
    t.ok(off < 1e-4, `logits are off by ${off.toExponential(1)}`);
    model.dispose();
  });
}
