import { createWriteStream, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { lockFolder } from '../../../src/engines/install/lock.js';
import { lastWords, runTool } from '../../../src/engines/install/tool.js';
import { engineSettings } from '../../../src/engines/settings.js';
import { tensorflowEngine } from '../../../src/engines/tensorflow/engine.js';
import { installTensorflow } from '../../../src/engines/tensorflow/install/install.js';
import type { UserError } from '../../../src/errors.js';

const signal = new AbortController().signal;
const silent = { begin: () => undefined, end: () => undefined };

/** Installs into `folder` with these variables on top of the process' own ones; answers what it failed with. */
async function failureOf(folder: string, env: Record<string, string> = {}, python?: string): Promise<UserError> {
  const settings = engineSettings({ ...process.env, ...env, GPU_SETUP_DATA_DIR: folder });
  try {
    await installTensorflow({ settings, signal, report: silent, confirm: async () => false, ...(python === undefined ? {} : { python }) });
  } catch (error) {
    return error as UserError;
  }
  throw new Error('the installation did not fail');
}

/** A program that stands in for a compiler or an interpreter. */
function program(folder: string, name: string, script: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

t.test('without a compiler nothing is fetched, and the package is named', async (t) => {
  const error = await failureOf(t.testdir(), { PATH: '/nonexistent', CXX: '' });
  t.match(error.message, /No C\+\+ compiler/);
  t.match(error.hint, /`g\+\+`/);
  t.equal(error.exitCode, 3);
});

t.test('an interpreter without TensorFlow, and one that is none', async (t) => {
  const folder = t.testdir();
  const compiler = program(folder, 'compiler', 'echo compiler 1');
  const empty = program(
    folder,
    'python',
    `echo '{"python":"3.12","folder":null,"distribution":null,"version":null,"libraries":null,"headers":false,"cuda":false}'`,
  );
  const without = await failureOf(folder, { CXX: compiler }, empty);
  t.match(without.message, /Python 3\.12 has no TensorFlow/);
  t.equal(without.exitCode, 2);
  t.match((await failureOf(folder, { CXX: compiler }, join(folder, 'nobody'))).message, /no such program/);
  t.match((await failureOf(folder, { CXX: compiler }, program(folder, 'other', 'echo hello'))).message, /did not answer as a Python 3/);
  t.match(
    (await failureOf(folder, { CXX: compiler }, program(folder, 'bad', 'echo "no luck" >&2; exit 7'))).message,
    /exit code 7: no luck/,
  );
  t.notOk(readdirSync(join(folder, 'engines/tensorflow')).includes('install.lock'), 'the lock is given back');
});

t.test('a folder that cannot be made', async (t) => {
  const folder = t.testdir({ file: '' });
  const error = await failureOf(join(folder, 'file'));
  t.match(error.message, /Cannot make/);
  t.equal(error.exitCode, 3);
});

t.test('npm that fails leaves nothing half-done and is quoted', async (t) => {
  const folder = t.testdir();
  const tools = join(folder, 'bin');
  program(tools, 'npm', 'echo "npm error code E404" >&2; exit 1');
  const compiler = program(folder, 'compiler', 'echo compiler 1');
  const answer = JSON.stringify({
    python: '3.12',
    folder,
    distribution: 'tensorflow-cpu',
    version: '2.21.0',
    libraries: folder,
    headers: true,
    cuda: false,
  });
  const error = await failureOf(
    folder,
    { CXX: compiler, PATH: `${tools}:${process.env.PATH}` },
    program(folder, 'python', `echo '${answer}'`),
  );
  t.match(error.message, /npm's installation of `@tensorflow\/tfjs-node` failed \(exit code 1\): npm error code E404/);
  t.match(error.hint, /install\.log/);
  t.equal(error.exitCode, 3);
  const left = readdirSync(join(folder, 'engines/tensorflow'));
  t.notOk(left.includes('package') || left.includes('manifest.json'));
});

t.test('one installation at a time; the lock of a dead process is taken over', async (t) => {
  const folder = t.testdir();
  const unlock = await lockFolder(folder);
  await t.rejects(lockFolder(folder), { message: /Another installation/, exitCode: 3 });
  await unlock();
  writeFileSync(join(folder, 'install.lock'), '999999999');
  await (await lockFolder(folder))();
  t.same(readdirSync(folder), []);
});

t.test('a tool is ended with all that it started, and its last words are those about the error', async (t) => {
  const log = createWriteStream(join(t.testdir(), 'log'));
  const workshop = { env: process.env, signal, log };
  const ran = await runTool({ program: 'sh', args: ['-c', 'echo begun; sleep 600 & sleep 600'], timeoutMs: 300 }, workshop);
  t.match(ran, { outcome: 'timed-out', words: 'begun' });
  t.same(await runTool({ program: 'no-such-tool', args: [], timeoutMs: 1000 }, workshop), { outcome: 'absent' });
  const stop = new AbortController();
  const running = runTool({ program: 'sleep', args: ['600'], timeoutMs: 60_000 }, { ...workshop, signal: stop.signal });
  stop.abort();
  await t.rejects(running, { name: 'AbortError' });
  t.equal(lastWords('compiling\na.cc:1: error: no such thing\nmore\n'), 'a.cc:1: error: no such thing');
  t.equal(lastWords('one\ntwo\n'), 'one; two');
  log.end();
});

t.test('a binding that cannot be loaded makes the engine unavailable, not the program', async (t) => {
  const manifest = {
    format: 1,
    builtAt: new Date().toISOString(),
    tensorflow: {
      version: '2.21.0',
      distribution: 'tensorflow-cpu',
      python: '/usr/bin/python3',
      directory: '/',
      libraries: '',
      cuda: false,
    },
    package: { name: '@tensorflow/tfjs-node', version: '4.22.0' },
    binding: { file: 'tfjs_binding.node', sha256: '', compiler: 'none' },
  };
  const folder = t.testdir({
    engines: { tensorflow: { 'tfjs_binding.node': 'not a library', 'hush.node': 'nor this', 'libtensorflow_cc.so.2': '' } },
  });
  const engine = tensorflowEngine(engineSettings({ ...process.env, GPU_SETUP_DATA_DIR: folder }));
  t.match(await engine.status(), { available: false, detail: 'not installed', hint: 'gpu-setup engine install tensorflow' });
  const own = join(folder, 'engines/tensorflow');
  const write = (text: string) => writeFileSync(join(own, 'manifest.json'), text);
  write(JSON.stringify({ ...manifest, tensorflow: { ...manifest.tensorflow, libraries: own } }));
  t.match(await engine.status(), { available: false, detail: /it cannot be loaded/ });
  write(JSON.stringify({ ...manifest, tensorflow: { ...manifest.tensorflow, libraries: join(own, 'gone') } }));
  t.match(await engine.status(), { available: false, detail: /is gone/ });
  write('{"format": 1');
  t.match(await engine.status(), { available: false, detail: /cannot be used/ });
  await t.rejects(engine.activate(), { name: 'UserError' });
});
