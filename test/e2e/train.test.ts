import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { gpuSetup, program } from './gpu-setup.js';
import { tinyConfig } from './tiny-config.js';

// Many child processes: a busy machine takes its time.
t.setTimeout(120_000);

t.test('train, interrupt, resume, test, predict', async (t) => {
  const folder = t.testdir();
  const config = tinyConfig(folder);
  const made = gpuSetup(['data', 'make', 'shapes', '--images', '24', '--out', 'shapes'], { cwd: folder });
  t.equal(made.code, 0, made.stderr);
  const train = ['train', config, '--data', 'shapes', '--work-dir', 'run', '--epochs', '40', '--seed', '3'];

  const child = spawn(process.execPath, [program, ...train], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let asked = false;
  child.stderr.on('data', (text) => {
    said += text;
    // Once: a second signal does not wait for the checkpoint.
    if (!asked && /iteration \d+/.test(said)) asked = child.kill('SIGINT');
  });
  const [code] = await new Promise<[number | null]>((resolve) => child.on('close', (status) => resolve([status])));
  t.equal(code, 130, said);
  t.match(said, /hint: .*--resume/);
  const saved = readdirSync(join(folder, 'run/checkpoints'));
  t.equal(saved.length, 1);
  t.match(saved[0], /^iteration-\d+\.safetensors$/);

  const twice = gpuSetup(train, { cwd: folder });
  t.equal(twice.code, 2, 'a work dir is not trained over');
  t.match(twice.stderr, /holds a training already/);

  const resume = ['train', config, '--resume', '--work-dir', 'run'];
  for (const [flag, value] of [
    ['--seed', '4'],
    ['--data', 'elsewhere'],
    ['--train-split', 'trainval'],
    ['--val-split', 'test'],
    ['--epochs', '39'],
    ['--max-minutes', '5'],
  ] as const) {
    const { code: refused, stderr } = gpuSetup([...resume, flag, value, '--engine', 'wasm'], { cwd: folder });
    t.equal(refused, 2, flag);
    t.match(stderr, new RegExp(`^error: .*\`${flag} .*started with`, 'm'));
  }
  t.same(readdirSync(join(folder, 'run/checkpoints')), saved, 'nothing was touched');

  const resumed = gpuSetup([...resume, '--data', 'shapes', '--train-split', 'train', '--epochs', '40', '--seed', '3', '--json'], {
    cwd: folder,
  });
  t.equal(resumed.code, 0, resumed.stderr);
  t.match(resumed.stderr, `from iteration ${Number(/\d+/.exec(saved[0]!)![0])} on`);
  const scores = JSON.parse(resumed.stdout);
  t.same(Object.keys(scores.classes).sort(), ['circle', 'square', 'star', 'triangle']);
  for (const name of ['config.yaml', 'log.jsonl', 'metrics.json', 'report.html', 'pictures', 'checkpoints'])
    t.ok(existsSync(join(folder, 'run', name)), name);
  const log = readFileSync(join(folder, 'run/log.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const iterations = log.filter(({ kind }) => kind === 'iteration').map(({ iteration }) => iteration);
  t.same(
    iterations,
    Array.from({ length: iterations.length }, (_, i) => i + 1),
    'every iteration once, in order',
  );
  for (const key of ['dataMs', 'computeMs', 'imagesPerSecond']) t.ok(log.find(({ kind }) => kind === 'iteration')[key] >= 0, key);
  t.equal(
    new Set(
      log
        .filter(({ kind }) => kind === 'iteration')
        .slice(-20)
        .map(({ tensors }) => tensors),
    ).size,
    1,
    'memory does not grow',
  );

  const tested = gpuSetup(['test', 'run', '--split', 'val', '--json'], { cwd: folder });
  t.equal(tested.code, 0, tested.stderr);
  t.same(JSON.parse(tested.stdout), scores, 'test finds what training reported');
  t.equal(gpuSetup(['test', 'run', '--split', 'val', '--at-least', '1'], { cwd: folder }).code, 1);

  const picture = join(folder, 'shapes/JPEGImages', readdirSync(join(folder, 'shapes/JPEGImages'))[0]!);
  const predicted = gpuSetup(['predict', 'run', picture, '--json', '--score', '0'], { cwd: folder });
  t.equal(predicted.code, 0, predicted.stderr);
  const [result] = JSON.parse(predicted.stdout);
  t.ok(existsSync(result.drawn));
  for (const { score, box } of result.detections) t.ok(score >= 0 && score <= 1 && box.length === 4);
});

t.test('a class list that disagrees is named with file and line', async (t) => {
  const folder = t.testdir();
  const config = tinyConfig(folder);
  for (const name of ['one', 'two'])
    t.equal(gpuSetup(['data', 'make', 'shapes', '--images', '12', '--out', name], { cwd: folder }).code, 0);
  t.equal(gpuSetup(['train', config, '--data', 'one', '--work-dir', 'run', '--epochs', '1'], { cwd: folder }).code, 0);
  const annotations = join(folder, 'two/Annotations');
  for (const file of readdirSync(annotations)) {
    const path = join(annotations, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('<name>circle</name>', '<name>hexagon</name>'));
  }
  const { code, stderr } = gpuSetup(['test', 'run', '--data', 'two', '--split', 'trainval'], { cwd: folder });
  t.equal(code, 2, stderr);
  t.match(stderr, /error: .*\.xml:\d+.*hexagon/);
});
