import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { ExitCode, UserError } from '../../../../src/errors.js';
import { readVoc } from '../../../../src/trainer/data/voc/read-voc.js';
import { type FixturePicture, object, size, writeVoc } from './voc-fixture.js';

const read = (directory: string, split = 'train', classes?: readonly string[]) =>
  readVoc({ directory, split, ...(classes ? { classes } : {}) });

/** Reads a set of these pictures, which must fail as the user's mistake, and gives the message. */
async function mistake(
  test: Test,
  pictures: readonly FixturePicture[],
  after: (directory: string) => void = () => undefined,
): Promise<string> {
  const directory = test.testdir();
  await writeVoc(directory, pictures);
  after(directory);
  const error = await read(directory).catch((thrown: unknown) => thrown);
  test.type(error, UserError);
  test.equal((error as UserError).exitCode, ExitCode.usage);
  test.notMatch((error as UserError).message, /\n|\.$/, 'one line without a full stop');
  return (error as UserError).message.replaceAll(directory, 'DIR');
}

t.test('boxes become 0-based with exclusive ends, labels index the sorted classes', async (t) => {
  const directory = t.testdir();
  const body =
    size(64, 48) +
    object('dog', [1, 1, 64, 48]) +
    object('cat', [11, 21, 30.5, 40], '<difficult>1</difficult>') +
    object('cat', [0, 0, 5, 5]);
  await writeVoc(directory, [{ id: 'a b', body }]);
  const dataset = await read(directory);
  t.same(dataset.classes, ['cat', 'dog']);
  const [record] = dataset.records;
  t.match(record, { id: 'a b', width: 64, height: 48 });
  t.same([...record!.truth.boxes.xyxy], [0, 0, 64, 48, 10, 20, 30.5, 40, 0, 0, 5, 5]);
  t.same([...record!.truth.labels], [1, 0, 0]);
  t.same([...record!.truth.difficult], [0, 1, 0]);
  t.same(dataset.complaints, [], 'one pixel beyond the edge is how 0-based annotations look');
});

t.test('bad objects are left out and named with their line', async (t) => {
  const directory = t.testdir();
  const body = [
    size(64, 48), // lines 2 to 6
    object('cat', [5, 5, 5, 9]), // 7 to 15, its xmin in line 10
    object('cat', ['nan', 5, 9, 9]), // 16, xmin in 19
    object('cat', [9, 5, 8, 9]), // 25, 28
    object('cat', [5, '', 8, 9]), // 34, ymin in 38
    object('cat', [100, 5, 120, 9]), // 43, 46
    object('cat', [50, 5, 90, 9]), // 52, 55: clipped
    '<object>\n<name>cat</name>\n</object>\n', // 61
    object('', [5, 5, 9, 9]), // 64
    object('cat', [5, 12, 8, 9]), // 73, ymin in 77
  ].join('');
  await writeVoc(directory, [{ id: 'x', body }]);
  const { records, complaints } = await read(directory);
  t.same([...records[0]!.truth.boxes.xyxy], [49, 4, 64, 9]);
  const file = join(directory, 'Annotations/x.xml');
  t.same(
    complaints.map((line) => line.slice(file.length + 1).replace(/ \(xmin.*?\)/, '')),
    [
      '10: `cat`: the box has no area; the object was left out',
      '19: `cat`: `xmin` is `nan`, not a number; the object was left out',
      '28: `cat`: xmin is greater than xmax; the object was left out',
      '38: `cat`: `ymin` is empty, not a number; the object was left out',
      '46: `cat`: the box lies outside the 64x48 picture; the object was left out',
      '55: `cat`: the box reaches out of the 64x48 picture and was clipped',
      '61: `cat`: no `xmin`; the object was left out',
      '64: the object has no name; it was left out',
      '77: `cat`: ymin is greater than ymax; the object was left out',
    ],
  );
});

t.test('a size that is missing or wrong is a complaint, and the picture knows better', async (t) => {
  const directory = t.testdir();
  await writeVoc(directory, [
    { id: 'missing', body: object('cat', [1, 1, 9, 9]) },
    { id: 'wrong', body: size(640, 480) + object('cat', [1, 1, 9, 9]) },
    { id: 'zero', body: size(0, 0) + object('cat', [1, 1, 9, 9]) },
  ]);
  const { records, complaints } = await read(directory);
  t.ok(records.every(({ width, height }) => width === 64 && height === 48));
  t.match(complaints, [/missing\.xml:1: no `size`/, /wrong\.xml:3: `size` says 640x480, but .* is 64x48/, /zero\.xml:3: no `size`/]);
});

t.test('a picture turned by EXIF is taken as its annotator saw it', async (t) => {
  const directory = t.testdir();
  const image = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#333' } })
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toBuffer();
  await writeVoc(directory, [
    { id: 'as-stored', image, body: size(64, 48) + object('cat', [1, 1, 9, 9]) },
    { id: 'as-shown', image, body: size(48, 64) + object('cat', [1, 50, 9, 60]) },
  ]);
  const { records, complaints } = await read(directory);
  t.same(
    records.map(({ width, height }) => [width, height]),
    [
      [64, 48],
      [48, 64],
    ],
  );
  t.same(complaints, []);
});

t.test('the parts of an object are not objects, entities and CDATA are read, other pictures than JPEGs too', async (t) => {
  const directory = t.testdir();
  const part = '<part><name>head</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>3</xmax><ymax>3</ymax></bndbox></part>';
  const body = size(64, 48) + object('cats &amp; <![CDATA[<dogs>]]>', [1, 1, 9, 9], part);
  await writeVoc(directory, [{ id: 'x', body, extension: '.png' }]);
  const { classes, records } = await read(directory);
  t.same(classes, ['cats & <dogs>']);
  t.same([...records[0]!.truth.boxes.xyxy], [0, 0, 9, 9]);
  t.match(records[0]!.imagePath, /x\.png$/);
});

t.test('encodings other than UTF-8 are read as declared', async (t) => {
  const directory = t.testdir();
  const latin = Buffer.from(
    `<?xml version="1.0" encoding="ISO-8859-1"?><annotation>${size(64, 48)}${object('Bär', [1, 1, 9, 9])}</annotation>`,
    'latin1',
  );
  const wide = Buffer.from(`\ufeff<annotation>${size(64, 48)}${object('Bär', [1, 1, 9, 9])}</annotation>`, 'utf16le');
  await writeVoc(directory, [
    { id: 'latin', raw: latin },
    { id: 'wide', raw: wide },
  ]);
  t.same((await read(directory)).classes, ['Bär']);
});

t.test('what cannot be trained on is one clear line', async (t) => {
  t.equal(
    await mistake(t, [{ id: 'x', raw: '<annotation>\n<size>\n<width>64</width>\n<hei' }]),
    '`DIR/Annotations/x.xml:4` is not well-formed XML: it is cut off inside `<size>`',
  );
  t.match(await mistake(t, [{ id: 'x', raw: 'not XML at all' }]), /`DIR\/Annotations\/x\.xml:1` is not well-formed XML: /);
  t.match(await mistake(t, [{ id: 'x', raw: '' }]), /x\.xml:1` is not well-formed XML: it holds no element/);
  t.match(await mistake(t, [{ id: 'x', raw: '<html></html>' }]), /x\.xml:1` is not a Pascal VOC annotation: its root is `<html>`/);
  t.match(await mistake(t, [{ id: 'x', raw: '<annotation>\n<a></b></annotation>' }]), /x\.xml:2` is not well-formed XML: /);
  t.match(
    await mistake(t, [{ id: 'x', image: Buffer.from('no picture') }]),
    /`DIR\/JPEGImages\/x\.jpg` is not a picture that can be read: /,
  );
  t.match(await mistake(t, [{ id: 'x', image: new Uint8Array(0) }]), /`DIR\/JPEGImages\/x\.jpg` is not a picture that can be read: /);
  const noise = Buffer.from(Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * 7919) % 251));
  const jpeg = await sharp(noise, { raw: { width: 64, height: 48, channels: 3 } })
    .jpeg()
    .toBuffer();
  t.match(
    await mistake(t, [{ id: 'x', image: jpeg.subarray(0, jpeg.length / 2) }]),
    /`DIR\/JPEGImages\/x\.jpg` is not a picture that can be read: /,
  );
  t.equal(
    await mistake(t, [{ id: 'x' }, { id: 'y' }, { id: 'z' }], (directory) => {
      rmSync(join(directory, 'JPEGImages/y.jpg'));
      rmSync(join(directory, 'Annotations/z.xml'));
    }),
    '`DIR/ImageSets/Main/train.txt:2` names `y`, but there is no picture `DIR/JPEGImages/y.*`, and 1 more lines name what is not there',
  );
  t.match(
    await mistake(t, [{ id: 'x' }], (directory) => rmSync(join(directory, 'Annotations/x.xml'))),
    /train\.txt:1` names `x`, but there is no annotation `DIR\/Annotations\/x\.xml`/,
  );
  t.match(
    await mistake(t, [{ id: 'x' }], (directory) => writeFileSync(join(directory, 'ImageSets/Main/train.txt'), '\n')),
    /The split `train` of `DIR` names no picture/,
  );
  t.match(
    await mistake(t, [{ id: 'x' }], (directory) => writeFileSync(join(directory, 'ImageSets/Main/train.txt'), 'x  1\ny -1\n')),
    /is the list of one class/,
  );
  t.match(await mistake(t, [{ id: 'x', body: size(64, 48) }]), /No annotation of the split `train` of `DIR` names an object/);
});

t.test('files that may not be read are said to be just that', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'gpu-setup-unreadable-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  chmodSync(directory, 0o755);
  await writeVoc(directory, [{ id: 'a' }]);
  const root = process.getuid?.() === 0;
  for (const name of ['JPEGImages/a.jpg', 'Annotations/a.xml', 'ImageSets/Main/train.txt', 'JPEGImages', 'Annotations']) {
    const path = join(directory, name);
    const { mode } = statSync(path);
    chmodSync(path, 0);
    // Nothing is unreadable to root.
    if (root) process.seteuid?.(65534);
    try {
      await t.rejects(read(directory), { name: 'UserError', exitCode: 2, message: new RegExp(`Cannot read \`.*${name}\`: EACCES`) }, name);
    } finally {
      if (root) process.seteuid?.(0);
      chmodSync(path, mode);
    }
  }
});

t.test('a picture with trailing bytes after its end is fine, and so is one named twice', async (t) => {
  const directory = t.testdir();
  const jpeg = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#333' } })
    .jpeg()
    .toBuffer();
  await writeVoc(directory, [{ id: 'x', image: Buffer.concat([jpeg, Buffer.alloc(200)]) }]);
  writeFileSync(join(directory, 'ImageSets/Main/train.txt'), '\ufeffx\r\n\r\nx.jpg\r\n');
  const { records, complaints } = await read(directory);
  t.equal(records.length, 1);
  t.match(complaints, [/train\.txt:3: `x\.jpg` stands in line 1 already/]);
});

t.test('folders: a devkit of several years, one without VOC, none, several', async (t) => {
  const directory = t.testdir();
  await writeVoc(join(directory, 'VOCdevkit/VOC2007'), [{ id: '000001' }], 'trainval');
  await writeVoc(join(directory, 'VOCdevkit/VOC2007'), [{ id: '000002' }], 'test');
  await writeVoc(join(directory, 'VOCdevkit/VOC2012'), [{ id: '2008_000001' }], 'trainval');
  writeFileSync(join(directory, 'VOCdevkit/VOC2007/ImageSets/Main/cat_trainval.txt'), '000001  1\n');
  const both = await read(directory, 'trainval');
  t.match(both, { name: 'VOC2007+VOC2012', split: 'trainval' });
  t.same(
    both.records.map(({ id }) => id),
    ['000001', '2008_000001'],
  );
  t.equal((await read(join(directory, 'VOCdevkit'), 'test')).name, 'VOC2007');
  t.equal((await read(join(directory, 'VOCdevkit/VOC2012'), 'trainval')).records.length, 1);
  await t.rejects(read(directory, 'val'), { message: `\`${directory}\` has no split \`val\`: it has \`test\`, \`trainval\`` });
  await t.rejects(read(join(directory, 'nope')), { message: `No such folder: \`${join(directory, 'nope')}\`` });
  await t.rejects(read(join(directory, 'VOCdevkit/VOC2007/Annotations/000001.xml')), { message: /is a file, not a folder/ });

  const other = t.testdir();
  mkdirSync(join(other, 'x/Annotations'), { recursive: true });
  await t.rejects(read(join(other, 'x')), { message: /is not a Pascal VOC data set: it has no `ImageSets`, `JPEGImages`/ });
  await writeVoc(join(other, 'cats'), [{ id: 'a' }]);
  await writeVoc(join(other, 'dogs'), [{ id: 'a' }]);
  await t.rejects(read(other), { message: /holds 2 data sets: `cats`, `dogs`/, hint: /--data .*cats/ });
});

t.test('a class that the model does not know', async (t) => {
  const directory = t.testdir();
  await writeVoc(directory, [{ id: 'x', body: size(64, 48) + object('Cat', [1, 1, 9, 9]) }]);
  t.same((await read(directory, 'train', ['Cat', 'dog'])).classes, ['Cat', 'dog']);
  await t.rejects(read(directory, 'train', ['cat', 'dog']), {
    name: 'UserError',
    message: `\`${join(directory, 'Annotations/x.xml')}:8\` has an object of class \`Cat\`, but the classes are \`cat\`, \`dog\``,
    hint: /differs from `cat` in capital letters only/,
  });
});

const bccd = resolve('../shared/data/bccd');
t.test('BCCD, as it was published', { skip: !existsSync(bccd) && `there is no ${bccd}` }, async (t) => {
  const { classes, records, complaints } = await read(bccd, 'trainval');
  t.equal(records.length, 292);
  t.same(classes, ['Platelets', 'RBC', 'WBC']);
  const counts = [0, 0, 0];
  for (const { truth } of records) for (const label of truth.labels) counts[label]!++;
  t.same(counts, [292, 3348, 301]);
  t.match(complaints, [/BloodImage_00338\.xml:164: `RBC`: the box has no area/, /BloodImage_00343\.xml:56: `RBC`: the box has no area/]);
});
