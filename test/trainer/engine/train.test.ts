import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test as TapTest } from 'tap';
import { UserError } from '../../../src/errors.js';
import { ops } from '../../../src/ops/index.js';
import { registerOps } from '../../../src/ops/op.js';
import * as tf from '../../../src/tf.js';
import { makeShapes } from '../../../src/trainer/data/shapes/make-shapes.js';
import { newestCheckpoint } from '../../../src/trainer/engine/checkpoint.js';
import { readLog } from '../../../src/trainer/engine/log-file.js';
import { resume, type TrainOptions, train } from '../../../src/trainer/engine/train.js';
import { openTrained } from '../../../src/trainer/engine/trained.js';
import { tinyConfig } from './tiny-config.js';

async function setup(t: TapTest) {
  const directory = t.testdir();
  const data = join(directory, 'shapes');
  await makeShapes({ directory: data, images: 20, seed: 1 });
  const options = (workDir: string, more: Partial<TrainOptions> = {}): Promise<TrainOptions> =>
    tinyConfig().then((config) => ({
      config,
      dataDirectory: data,
      workDir: join(directory, workDir),
      seed: 7,
      engine: 'cpu',
      budget: { epochs: 2 },
      startedAt: 0,
      now: () => performance.now(),
      signal: new AbortController().signal,
      madeBy: 'test',
      emit: () => undefined,
      announce: () => undefined,
      ...more,
    }));
  return { directory, data, options };
}

t.before(async () => {
  await tf.setBackend('cpu');
  registerOps(ops, 'cpu');
});

t.test('a run that is interrupted and resumed ends with the very same weights', async (t) => {
  const { options, directory } = await setup(t);
  const before = tf.memory().numTensors;
  const straight = await train(await options('straight'));
  t.equal(straight.ended, 'finished');
  t.equal(tf.memory().numTensors, before, 'no tensor is left behind');

  const stop = new AbortController();
  const cut = await train(
    await options('cut', {
      signal: stop.signal,
      emit: (event) => {
        if (event.kind === 'iteration' && event.iteration === 4) stop.abort();
      },
    }),
  );
  t.equal(cut.ended, 'interrupted');
  t.equal(cut.iteration, 4);
  const { config: _, ...rest } = await options('cut');
  const resumed = await resume(rest);
  t.equal(resumed.ended, 'finished');
  t.equal(resumed.iteration, straight.iteration);

  const [one, other] = [await newestCheckpoint(join(directory, 'straight')), await newestCheckpoint(join(directory, 'cut'))];
  for (const [name, { data }] of one.parameters) t.same(other.parameters.get(name)!.data, data, name);
  t.same(other.average, one.average);
  t.same(other.optimizer, one.optimizer);
  t.same(other.state.random, one.state.random);

  const losses = async (name: string) =>
    (await readLog(join(directory, name, 'log.jsonl'))).flatMap((line) => (line.kind === 'iteration' ? [[line.iteration, line.loss]] : []));
  t.same(await losses('cut'), await losses('straight'), 'the log tells one story');
  const tensors = (await readLog(join(directory, 'straight', 'log.jsonl'))).flatMap((line) =>
    line.kind === 'iteration' ? [line.tensors] : [],
  );
  t.equal(new Set(tensors.slice(1)).size, 1, 'as many tensors after every iteration');

  const trained = await openTrained(join(directory, 'straight'));
  t.same(trained.config.run.classes, straight.config.run.classes);
  trained.detector.dispose();
});

t.test('a finished run goes on with a larger budget, and its config says so', async (t) => {
  const { options, directory } = await setup(t);
  const first = await train(await options('run'));
  const { config: _, dataDirectory, seed, ...rest } = await options('run');
  await t.rejects(resume(rest, { seed: seed + 1 }), { name: 'UserError', exitCode: 2, message: /--seed/ });
  await t.rejects(resume(rest, { budget: { epochs: 1 } }), { name: 'UserError', exitCode: 2, message: /--epochs 1/ });
  const longer = await resume(rest, { dataDirectory, seed, budget: { epochs: 3 } });
  t.equal(longer.iteration, (first.iteration * 3) / 2);
  t.same((await openTrained(join(directory, 'run'))).config.run.budget, { epochs: 3 });
  const { config: run } = await resume(rest);
  t.same(run.run.budget, { epochs: 3 }, 'the longer budget is the one from now on');
});

t.test('a spoilt checkpoint gives way to the one before; a foreign file is refused', async (t) => {
  const { options, directory } = await setup(t);
  const workDir = join(directory, 'run');
  await train(await options('run'));
  const folder = join(workDir, 'checkpoints');
  const [last] = (await readdir(folder)).slice(-1);
  await cp(join(folder, last!), join(folder, 'iteration-9999999.safetensors'));
  await truncate(join(folder, 'iteration-9999999.safetensors'), 1000);
  t.equal((await newestCheckpoint(workDir)).path, join(folder, last!));
  await rm(join(folder, last!));
  await t.rejects(newestCheckpoint(workDir), UserError);
  await rm(folder, { recursive: true });
  await t.rejects(newestCheckpoint(workDir), { message: /No checkpoint/ });
});

t.test('bad input leaves nothing behind', async (t) => {
  const { options, data, directory } = await setup(t);
  const nothing = async (name: string) => t.notOk((await readdir(directory)).includes(name));
  await t.rejects(train(await options('a', { dataDirectory: join(directory, 'none') })), UserError);
  await nothing('a');
  await t.rejects(train(await options('b', { trainSplit: 'nonsense' })), UserError);
  await nothing('b');
  const [annotation] = (await readdir(join(data, 'Annotations'))).slice(0, 1);
  const path = join(data, 'Annotations', annotation!);
  const whole = await readFile(path, 'utf8');
  await writeFile(path, whole.slice(0, whole.length / 2));
  await t.rejects(train(await options('c', { trainSplit: 'trainval', valSplit: 'test' })), UserError);
  await t.rejects(train(await options('c', { trainSplit: 'test', valSplit: 'trainval' })), UserError);
  await nothing('c');
  await writeFile(path, whole);
  await train(await options('d', { budget: { epochs: 1 } }));
  await t.rejects(train(await options('d')), { message: /holds a training already/ }, 'a finished work dir is not overwritten');
});

/** Why a small tmpfs cannot be mounted here, or false. */
function cannotMount(): string | false {
  if (process.getuid?.() !== 0) return 'mounting a small tmpfs needs root';
  const place = mkdtempSync(join(tmpdir(), 'gpu-setup-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' });
    execFileSync('umount', [place]);
    return false;
  } catch {
    return 'this machine does not let us mount a tmpfs';
  } finally {
    rmdirSync(place);
  }
}

t.test('a full disk during a checkpoint: one line, and the last good checkpoint survives', { skip: cannotMount() }, async (t) => {
  const { options, directory } = await setup(t);
  const disk = join(directory, 'disk');
  await mkdir(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk]);
  try {
    const stop = new AbortController();
    await train(
      await options('disk/run', {
        signal: stop.signal,
        emit: (event) => {
          if (event.kind === 'iteration' && event.iteration === 2) stop.abort();
        },
      }),
    );
    const good = await newestCheckpoint(join(disk, 'run'));
    t.equal(good.state.iteration, 2);
    // What is left is less than one more checkpoint needs.
    await writeFile(join(disk, 'filler'), '');
    for (let size = 512; size > 0; size -= 4) {
      try {
        await writeFile(join(disk, 'filler'), Buffer.alloc(size * 1024));
        break;
      } catch {
        // Too large yet.
      }
    }
    const { config: _, ...rest } = await options('disk/run');
    const error = await resume(rest).then(
      () => undefined,
      (thrown: unknown) => thrown as UserError,
    );
    t.ok(error instanceof UserError, String(error));
    t.match(error!.message, /disk is full/);
    t.equal(error!.exitCode, 2);
    t.equal((await newestCheckpoint(join(disk, 'run'))).state.iteration, 2);
    t.notOk(
      (await readdir(join(disk, 'run/checkpoints'))).some((name) => name.endsWith('.partial')),
      'no half-written file',
    );
  } finally {
    execFileSync('umount', [disk]);
  }
});
