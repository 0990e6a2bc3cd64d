import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import t from 'tap';
import type * as Source from '../../../../src/trainer/data/pictures/pictures.js';

const built = join(process.cwd(), 'dist/trainer/data/pictures/pictures.js');

t.test('the workers load from dist as well', { skip: !existsSync(built) && 'dist was not built' }, async (t) => {
  const { Pictures } = (await import(pathToFileURL(built).href)) as typeof Source;
  const imagePath = join(t.testdir(), 'x.png');
  await sharp({ create: { width: 20, height: 10, channels: 3, background: '#0a141e' } })
    .png()
    .toFile(imagePath);
  const truth = { boxes: { count: 0, xyxy: new Float32Array(0) }, labels: new Int32Array(0), difficult: new Uint8Array(0) };
  const records = [{ id: 'x', imagePath, annotationPath: '', width: 20, height: 10, truth }];
  const pictures = new Pictures({ workers: 1 });
  t.teardown(() => pictures.close());
  for await (const batch of pictures.batches({ dataset: { records }, batchSize: 1, seed: 0, resize: { shortSide: 10, longSide: 20 } })) {
    t.same([...batch.pixels.subarray(0, 3)], [10, 20, 30]);
    t.equal(batch.pixels.length, 600);
  }
});
