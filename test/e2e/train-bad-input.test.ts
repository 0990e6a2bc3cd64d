import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { gpuSetup } from './gpu-setup.js';
import { tinyConfig } from './tiny-config.js';

// Many child processes: a busy machine takes its time.
t.setTimeout(120_000);

t.test('bad input: one line, exit 2, nothing left behind', async (t) => {
  const folder = t.testdir();
  const config = tinyConfig(folder);
  t.equal(gpuSetup(['data', 'make', 'shapes', '--images', '12', '--out', 'shapes'], { cwd: folder }).code, 0);
  const shapes = join(folder, 'shapes');
  const [id] = readFileSync(join(shapes, 'ImageSets/Main/train.txt'), 'utf8').trim().split('\n') as [string];
  const annotation = join(shapes, 'Annotations', `${id}.xml`);
  const picture = join(shapes, 'JPEGImages', readdirSync(join(shapes, 'JPEGImages')).find((name) => name.startsWith(id))!);
  const split = join(shapes, 'ImageSets/Main/train.txt');
  const spoil = (path: string, content: string | Buffer) => {
    const whole = readFileSync(path);
    writeFileSync(path, content);
    return () => writeFileSync(path, whole);
  };
  const xml = readFileSync(annotation, 'utf8');
  const jpeg = readFileSync(picture);
  const judged = join(shapes, 'Annotations', `${readFileSync(split.replace('train.txt', 'val.txt'), 'utf8').trim().split('\n')[0]}.xml`);
  // The engine that starts fastest: none of these gets as far as training.
  const quickly = ['train', config, '--engine', 'wasm', '--epochs', '1'];
  const cases: [string, RegExp, () => () => void, string?][] = [
    ['no such folder', /No such folder/, () => () => undefined, 'nowhere'],
    ['an annotation cut off', new RegExp(`${id}\\.xml:\\d+`), () => spoil(annotation, xml.slice(0, xml.length / 2))],
    ['a picture that is none', /not a picture/, () => spoil(picture, 'plain text')],
    ['a picture cut off near its end', /000001\.jpg` is not a picture.*cut off/, () => spoil(picture, jpeg.subarray(0, -60))],
    ['a picture without a byte', /000001\.jpg` is not a picture/, () => spoil(picture, '')],
    ['an annotation without a byte', /000001\.xml:1` is not well-formed/, () => spoil(annotation, '')],
    ['a split for training without a name', /split `train` .* names no picture/, () => spoil(split, '\n')],
    ['a split for judging without a name', /split `val` .* names no picture/, () => spoil(split.replace('train.txt', 'val.txt'), '')],
    [
      'classes of the two splits that disagree',
      /\.xml:\d+` has an object of class `hexagon`, but the classes are/,
      () => spoil(judged, readFileSync(judged, 'utf8').replace(/<name>\w+</, '<name>hexagon<')),
    ],
    ['a split that names a missing picture', /missing|no picture/i, () => spoil(split, `${readFileSync(split, 'utf8')}unknown\n`)],
  ];
  for (const [name, said, before, data = 'shapes'] of cases) {
    const after = before();
    const { code, stdout, stderr } = gpuSetup([...quickly, '--data', data, '--work-dir', 'run'], { cwd: folder });
    after();
    t.equal(code, 2, name);
    t.equal(stdout, '');
    const errors = stderr.split('\n').filter((line) => line.startsWith('error: '));
    t.equal(errors.length, 1, stderr);
    t.match(errors[0], said, name);
    t.notOk(existsSync(join(folder, 'run')), `${name}: nothing is left behind`);
  }
  t.equal(gpuSetup(['train', 'nonsense'], { cwd: folder }).code, 2);
  t.equal(gpuSetup(['train', config, '--data', 'shapes', '--engine', 'abacus'], { cwd: folder }).code, 2);
  t.equal(gpuSetup(['train', config, '--data', 'shapes', '--epochs', '-1'], { cwd: folder }).code, 2);
  t.equal(gpuSetup(['train', config, '--data', 'shapes', '--epochs', '1', '--max-minutes', '1'], { cwd: folder }).code, 2);
  writeFileSync(join(folder, 'file'), 'kept');
  for (const place of ['file', 'file/below']) {
    const { code, stderr } = gpuSetup([...quickly, '--data', 'shapes', '--work-dir', place], { cwd: folder });
    t.equal(code, 2, stderr);
    t.match(stderr, /error: Cannot make the work dir .*: a file is in its way\nhint: `--work-dir`/);
  }
  t.equal(readFileSync(join(folder, 'file'), 'utf8'), 'kept');
  mkdirSync(join(folder, 'empty'));
  for (const [place, said] of [
    ['nowhere', /error: No such folder: `.*nowhere`/],
    ['file', /error: Not a folder: `.*file`/],
    ['empty', /error: No checkpoint in `.*empty`/],
  ] as const) {
    for (const args of [
      ['test', place],
      ['predict', place, picture],
      ['train', config, '--resume', '--work-dir', place],
    ]) {
      const { code, stderr } = gpuSetup([...args, '--engine', 'wasm'], { cwd: folder });
      t.equal(code, 2, stderr);
      t.match(stderr, said);
    }
  }
  const text = gpuSetup(['predict', 'empty', config], { cwd: folder });
  t.match(text, { code: 2, stderr: /error: `.*tiny\.yaml` is not a picture that can be read/ });
  t.same(readdirSync(join(folder, 'empty')), [], 'nothing is left in it');
  const asked = gpuSetup(['train', config], { cwd: join(folder, 'empty') });
  t.equal(asked.code, 6, 'an answer is needed and nobody can be asked');
  t.match(asked.stderr, /looked for[\s\S]*hint:[\s\S]*data make shapes/);
});
