import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { randomOf } from '../../src/trainer/random.js';
import { apart, askTorchvision, torchvisionPython } from '../trainer/models/torchvision-oracle.js';
import { gpuSetup } from './gpu-setup.js';

t.setTimeout(400_000);

const small = [
  '--set',
  'model.backbone={ _delete_: true, type: resnet, depth: 18 }',
  '--set',
  'data.size={ shortSide: 128, longSide: 180 }',
  '--set',
  'model.head.testing.score=0.15',
];

t.test('weights that PyTorch saved give the boxes that torchvision finds', { skip: !torchvisionPython }, async (t) => {
  const folder = t.testdir();
  const random = randomOf(4);
  const pixels = Buffer.from(Uint8Array.from({ length: 140 * 100 * 3 }, () => random.integer(256)));
  const image = join(folder, 'noise.png');
  await sharp(pixels, { raw: { width: 140, height: 100, channels: 3 } })
    .png()
    .toFile(image);
  const checkpoint = join(folder, 'weights.pth');
  const options = { backbone: 'resnet18', norm: 'batch', min_size: 128, max_size: 180, box_score_thresh: 0.15 };
  const { results } = askTorchvision({ model: 'detector', seed: 11, classes: 6, pictures: [image], options, checkpoint });
  const command = ['predict', '--config', 'torchvision/fasterrcnn_resnet50_fpn', '--weights', 'weights.pth', ...small];
  const { code, stdout, stderr } = gpuSetup([...command, '--json', 'noise.png'], { cwd: folder });
  t.equal(code, 0, stderr);
  const [found, ...more] = JSON.parse(stdout);
  t.same(more, []);
  t.equal(found.image, 'noise.png');
  t.ok(found.boxes.length > 5, `${found.boxes.length} boxes`);
  t.ok(apart(found.boxes.flat(), results.get('boxes.0')!.data) < 1e-4, 'boxes');
  t.ok(apart(found.scores, results.get('scores.0')!.data) < 1e-4, 'scores');
  t.same(found.labels, [...results.get('labels.0')!.data]);

  const deeper = gpuSetup([...command.slice(0, 5), 'noise.png'], { cwd: folder });
  t.match(deeper, { code: 2, stderr: /error: `.*weights\.pth` has (no )?`.*`/ }, 'weights of another network');
  writeFileSync(join(folder, 'broken.pth'), 'nothing');
  const broken = gpuSetup(['predict', '--config', 'torchvision/fasterrcnn_resnet50_fpn', '--weights', 'broken.pth', 'noise.png'], {
    cwd: folder,
  });
  t.match(broken, { code: 2, stderr: /error: .*broken\.pth/ });
});

t.test('half of what a model without a work dir needs', async (t) => {
  t.match(gpuSetup(['predict', '--config', 'torchvision/fasterrcnn_resnet50_fpn', 'a.png']), { code: 2, stderr: /`--weights` is missing/ });
  t.match(gpuSetup(['predict', '--weights', 'w.pth', 'a.png']), { code: 2, stderr: /`--config` is missing/ });
  t.match(gpuSetup(['predict', 'somewhere']), { code: 2, stderr: /No picture to look at/ });
});
