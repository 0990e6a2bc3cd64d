import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { readPictureHeader } from '../../../src/trainer/data/picture-header.js';

const noise = (format: 'jpeg' | 'png', options: { progressive?: boolean } = {}) =>
  sharp({
    create: { width: 96, height: 64, channels: 3, background: '#000', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
  })
    .toFormat(format, options)
    .toBuffer();

t.test('a cut-off picture is named every time, however many are read at once', async (t) => {
  const directory = t.testdir();
  const whole = await noise('jpeg');
  const paths = Array.from({ length: 48 }, (_, i) => {
    const path = join(directory, `${i}.jpg`);
    writeFileSync(path, i % 3 === 0 ? whole.subarray(0, whole.length - 2 - i) : whole);
    return path;
  });
  const results = await Promise.allSettled(paths.map((path) => readPictureHeader(path)));
  for (const [i, result] of results.entries()) {
    t.equal(result.status, i % 3 === 0 ? 'rejected' : 'fulfilled', `picture ${i}`);
    if (result.status === 'rejected')
      t.match(result.reason, { name: 'UserError', message: /\.jpg` is not a picture that can be read: it is cut off/ });
  }
});

t.test('what stands after a whole picture is none of its business', async (t) => {
  const directory = t.testdir();
  for (const [name, bytes] of Object.entries({
    'baseline.jpg': await noise('jpeg'),
    'progressive.jpg': await noise('jpeg', { progressive: true }),
    'plain.png': await noise('png'),
  })) {
    const path = join(directory, name);
    writeFileSync(path, Buffer.concat([bytes, Buffer.alloc(500, 7)]));
    t.same(await readPictureHeader(path), { width: 96, height: 64, turned: false }, name);
    writeFileSync(path, bytes.subarray(0, bytes.length >> 1));
    await t.rejects(readPictureHeader(path), { name: 'UserError', message: /cut off/ }, `${name} without its second half`);
  }
});

t.test('a thumbnail inside a JPEG has an end of its own, which is not the picture`s', async (t) => {
  const thumbnail = await noise('jpeg');
  // An APP1 segment right after the start marker, as EXIF has it.
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1]), Buffer.alloc(2), thumbnail]);
  segment.writeUInt16BE(segment.length - 2, 2);
  const whole = await noise('jpeg');
  const path = join(t.testdir(), 'camera.jpg');
  writeFileSync(path, Buffer.concat([whole.subarray(0, 2), segment, whole.subarray(2, -2)]));
  await t.rejects(readPictureHeader(path), { name: 'UserError', message: /cut off/ });
});
