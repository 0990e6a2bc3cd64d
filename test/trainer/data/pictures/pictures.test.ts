import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import type { Batch, Dataset, Record } from '../../../../src/trainer/contracts.js';
import { type BatchesOptions, Pictures } from '../../../../src/trainer/data/pictures/pictures.js';

type Box = readonly [number, number, number, number];

/** Pictures of one white rectangle on black each, as PNGs so that its edges stay sharp. */
async function rectangles(
  test: Test,
  shapes: readonly { readonly size: readonly [number, number]; readonly box: Box }[],
): Promise<Dataset> {
  const directory = test.testdir();
  mkdirSync(directory, { recursive: true });
  const records: Record[] = [];
  for (const [index, { size, box }] of shapes.entries()) {
    const [width, height] = size;
    const [x1, y1, x2, y2] = box;
    const imagePath = join(directory, `${index}.png`);
    const white = { create: { width: x2 - x1, height: y2 - y1, channels: 3, background: '#fff' } } as const;
    await sharp({ create: { width, height, channels: 3, background: '#000' } })
      .composite([{ input: await sharp(white).png().toBuffer(), left: x1, top: y1 }])
      .png()
      .toFile(imagePath);
    const truth = { boxes: { count: 1, xyxy: Float32Array.from(box) }, labels: Int32Array.of(0), difficult: Uint8Array.of(0) };
    records.push({ id: String(index), imagePath, annotationPath: '', width, height, truth });
  }
  return { name: 'rectangles', directory, split: 'train', classes: ['white'], records, complaints: [] };
}

const shapes = Array.from({ length: 14 }, (_, i) => ({
  size: i % 3 === 0 ? ([120, 160] as const) : ([160 + 8 * (i % 4), 120] as const),
  box: [20 + i, 30, 70 + 2 * i, 60 + 3 * i] as Box,
}));
const plain: Pick<BatchesOptions, 'batchSize' | 'seed' | 'resize'> = { batchSize: 4, seed: 7, resize: { shortSide: 96, longSide: 160 } };

async function all(pictures: Pictures, options: BatchesOptions): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of pictures.batches(options)) batches.push(batch);
  return batches;
}

function opened(test: Test, options: ConstructorParameters<typeof Pictures>[0] = {}): Pictures {
  const pictures = new Pictures({ workers: 1, ...options });
  test.teardown(() => pictures.close());
  return pictures;
}

/** x1 y1 x2 y2 of what is at least half bright in one picture of a batch, sub-pixel by how bright the middle rows and columns are. */
function found(batch: Batch, index: number): number[] {
  const at = (x: number, y: number) => batch.pixels[((index * batch.height + y) * batch.width + x) * 3]! / 255;
  const { width, height } = batch.samples[index]!;
  const columns = Array.from({ length: width }, (_, x) => Math.max(...Array.from({ length: height }, (_, y) => at(x, y))));
  const rows = Array.from({ length: height }, (_, y) => Math.max(...Array.from({ length: width }, (_, x) => at(x, y))));
  const extent = (values: readonly number[]) => {
    const light = values.reduce((sum, value) => sum + value, 0);
    const centre = values.reduce((sum, value, i) => sum + value * (i + 0.5), 0) / light;
    return [centre - light / 2, centre + light / 2] as const;
  };
  const [x, y] = [extent(columns), extent(rows)];
  return [x[0], y[0], x[1], y[1]];
}

function near(test: Test, actual: readonly number[], expected: readonly number[], within: number): void {
  test.ok(
    actual.every((value, i) => Math.abs(value - expected[i]!) <= within),
    `[${actual.map((value) => value.toFixed(2))}] for [${expected.map((value) => value.toFixed(2))}]`,
  );
}

t.test('without augmentation, pictures come in order, padded, and boxes divide back', async (t) => {
  const dataset = await rectangles(t, shapes);
  const batches = await all(opened(t), { ...plain, dataset });
  t.same(
    batches.map(({ count }) => count),
    [4, 4, 4, 2],
    'the last one is kept',
  );
  t.same(
    batches.flatMap(({ samples }) => samples.map(({ record }) => record.id)),
    dataset.records.map(({ id }) => id),
  );
  for (const batch of batches) {
    t.equal(batch.pixels.length, batch.count * batch.height * batch.width * 3);
    for (const [i, { record, width, height, scaleX, scaleY, truth }] of batch.samples.entries()) {
      t.equal(Math.min(width, height), 96);
      const [x1, y1, x2, y2] = truth.boxes.xyxy as unknown as Box;
      near(t, [x1 / scaleX, y1 / scaleY, x2 / scaleX, y2 / scaleY], [...record.truth.boxes.xyxy], 1e-3);
      near(t, found(batch, i), [...truth.boxes.xyxy], 0.1);
      const beyond = batch.pixels.filter((_, at) => {
        const [x, y] = [Math.floor(at / 3) % batch.width, Math.floor(at / 3 / batch.width) % batch.height];
        return Math.floor(at / 3 / batch.width / batch.height) === i && (x >= width || y >= height);
      });
      t.ok(beyond.every((value) => value === 0));
    }
  }
});

t.test('flips, crops and zooms move boxes exactly as they move pixels', async (t) => {
  const dataset = await rectangles(t, shapes);
  // Never smaller than the canvas on either axis: grey around it would be taken for the rectangle.
  const augment = { flipX: 0.5, flipY: 0.5, scale: [1.2, 1.9], stretch: 1.15, leastVisible: 0.3 } as const;
  const batches = await all(opened(t, { workers: 2 }), { ...plain, dataset, shuffle: true, epochs: 4, augment });
  let judged = 0;
  for (const batch of batches) {
    for (const [i, { truth }] of batch.samples.entries()) {
      if (truth.boxes.count === 0) continue;
      near(t, found(batch, i), [...truth.boxes.xyxy], 0.15);
      judged++;
    }
  }
  t.ok(judged > 20, `${judged} boxes judged`);
});

t.test('a picture made smaller lies on grey, its box where it lies', async (t) => {
  const dataset = await rectangles(t, shapes.slice(0, 2));
  const [batch] = await all(opened(t), { ...plain, dataset, augment: { scale: [0.5, 0.5], flipX: 1 } });
  for (const [i, { truth, width, height }] of batch!.samples.entries()) {
    const [x1, y1, x2, y2] = truth.boxes.xyxy as unknown as Box;
    const at = (x: number, y: number) => batch!.pixels[((i * batch!.height + y) * batch!.width + x) * 3]!;
    t.equal(at(Math.round((x1 + x2) / 2), Math.round((y1 + y2) / 2)), 255);
    t.equal(at(Math.ceil(x1 - 3), Math.round((y1 + y2) / 2)), 0);
    const corners = [at(0, 0), at(width - 1, 0), at(0, height - 1), at(width - 1, height - 1)];
    t.ok(corners.filter((value) => value === 124).length >= 2, `${corners}`);
  }
});

t.test('the bytes depend on seed and epoch, not on workers, cache or beginning', async (t) => {
  const dataset = await rectangles(t, shapes);
  const options = {
    ...plain,
    dataset,
    shuffle: true,
    epoch: 3,
    augment: { flipX: 0.5, scale: [0.7, 1.4], brightness: 0.3, saturation: 0.2 },
  } as const;
  const hash = (batches: readonly Batch[]) =>
    batches.map(({ pixels, samples }) =>
      createHash('sha256')
        .update(pixels)
        .update(JSON.stringify(samples.map(({ truth }) => [...truth.boxes.xyxy])))
        .digest('hex'),
    );
  const one = opened(t, { workers: 1 });
  const first = hash(await all(one, options));
  t.equal(first.length, 3, 'the last batch of two is dropped');
  t.same(hash(await all(one, options)), first, 'out of the cache');
  t.same(hash(await all(opened(t, { workers: 3, cacheBytes: 0 }), options)), first, 'three workers, no cache');
  t.same(hash(await all(one, { ...options, startAt: 2 })), first.slice(2), 'from its third batch on');
  const two = hash(await all(one, { ...options, epochs: 2 }));
  t.same(two.slice(0, 3), first);
  t.same(two.slice(3), hash(await all(one, { ...options, epoch: 4 })), 'the second epoch');
  t.same(hash(await all(one, { ...options, epochs: 2, startAt: 4 })), two.slice(4));
  t.notSame(hash(await all(one, { ...options, seed: 8 })), first);
  t.notSame(two.slice(3), first);
});

t.test('the size may change from batch to batch', async (t) => {
  const dataset = await rectangles(t, shapes);
  const asked: number[] = [];
  const batches = await all(opened(t), {
    ...plain,
    dataset,
    startAt: 1,
    resize(batch) {
      asked.push(batch);
      return { shortSide: 40 + 10 * batch, longSide: 400 };
    },
  });
  t.same(asked, [1, 2, 3]);
  t.same(
    batches.map(({ samples }) => Math.min(samples[0]!.width, samples[0]!.height)),
    [50, 60, 70],
  );
});

t.test('the cache keeps within its budget, in shrunken pictures', async (t) => {
  const dataset = await rectangles(t, shapes.slice(1, 3));
  const pictures = opened(t, { detail: { shortSide: 60, longSide: 1000 }, cacheBytes: 84 * 60 * 3 });
  const [batch] = await all(pictures, { ...plain, dataset });
  t.same(pictures.cached, { pictures: 1, bytes: 84 * 60 * 3 });
  near(t, found(batch!, 1), [...batch!.samples[1]!.truth.boxes.xyxy], 0.35);
});

t.test('wide and tall pictures come in batches of their own', async (t) => {
  const dataset = await rectangles(t, [...shapes, ...shapes]);
  const batches = await all(opened(t), { ...plain, dataset, shuffle: true });
  const mixed = batches.filter(({ samples }) => new Set(samples.map(({ width, height }) => height > width)).size > 1);
  t.equal(batches.length, 7);
  t.ok(mixed.length <= 1, 'but for what is left over');
});

t.test('fewer pictures than a batch are one batch, not none', async (t) => {
  const dataset = await rectangles(t, shapes.slice(0, 3));
  t.same(
    (await all(opened(t), { ...plain, dataset, shuffle: true })).map(({ count }) => count),
    [3],
  );
});

t.test('greys, alpha, 16 bits and CMYK all come out as RGB bytes', async (t) => {
  const directory = t.testdir();
  const base = { create: { width: 32, height: 24, channels: 3, background: '#808080' } } as const;
  const made = {
    'grey.png': sharp(base).greyscale().png(),
    'alpha.png': sharp(base).ensureAlpha(0.5).png(),
    'deep.png': sharp(base).toColourspace('rgb16').png(),
    'cmyk.jpg': sharp(base).toColourspace('cmyk').jpeg({ quality: 100 }),
    'grey.jpg': sharp(base).greyscale().jpeg({ quality: 100 }),
  };
  const truth = { boxes: { count: 0, xyxy: new Float32Array(0) }, labels: new Int32Array(0), difficult: new Uint8Array(0) };
  const pictures = opened(t);
  for (const [name, picture] of Object.entries(made)) {
    const imagePath = join(directory, name);
    await picture.toFile(imagePath);
    const records = [{ id: name, imagePath, annotationPath: '', width: 32, height: 24, truth }];
    const [batch] = await all(pictures, { ...plain, resize: { shortSide: 24, longSide: 32 }, dataset: { records } });
    t.equal(batch!.pixels.length, 32 * 24 * 3);
    const stray = [...batch!.pixels].reduce((most, value) => Math.max(most, Math.abs(value - 128)), 0);
    t.ok(stray <= 20, `${name} strays by ${stray}`);
  }
});

t.test('a picture that went missing, broke or changed since is named', async (t) => {
  const dataset = await rectangles(t, shapes.slice(0, 3));
  const paths = dataset.records.map(({ imagePath }) => imagePath) as [string, string, string];
  rmSync(paths[0]);
  truncateSync(paths[1], 150);
  writeFileSync(
    paths[2],
    await sharp({ create: { width: 9, height: 9, channels: 3, background: '#000' } })
      .png()
      .toBuffer(),
  );
  const expected = [
    /The picture `.*0\.png` is missing/,
    /`.*1\.png` is not a picture that can be read/,
    /`.*2\.png` is 9x9, but was 176x120/,
  ];
  const pictures = opened(t);
  for (const [i, message] of expected.entries()) {
    await t.rejects(all(pictures, { ...plain, dataset: { records: [dataset.records[i]!] } }), { name: 'UserError', message });
  }
});

t.test('it stops when told, and can be left early', async (t) => {
  const dataset = await rectangles(t, shapes);
  const pictures = opened(t);
  const stop = new AbortController();
  let count = 0;
  await t.rejects(
    async () => {
      for await (const _ of pictures.batches({ ...plain, dataset, epochs: Number.POSITIVE_INFINITY, shuffle: true, signal: stop.signal })) {
        if (++count === 5) stop.abort(new Error('enough'));
      }
    },
    { message: 'enough' },
  );
  t.equal(count, 5);
  for await (const _ of pictures.batches({ ...plain, dataset })) break;
  t.equal((await all(pictures, { ...plain, dataset })).length, 4, 'and goes on after');
});
