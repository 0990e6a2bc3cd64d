import { spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { addonFile, buildAddon } from '../../../src/engines/torch/install/build-addon.js';
import type { Libtorch } from '../../../src/engines/torch/install/inspect-libtorch.js';
import { readNativeSources } from '../../../src/engines/torch/install/native-sources.js';
import type { UserError } from '../../../src/errors.js';

const hasCompiler = spawnSync('g++', ['--version']).status === 0;
const skip = hasCompiler ? false : 'there is no g++';

const addon = '#include <node_api.h>\n#include "answer.h"\nNAPI_MODULE_INIT() { answer(); return exports; }\n';
const answer = '#include "answer.h"\nint answer() { return 42; }\n';

/** Sources of an addon of two files, and a libtorch of libraries that are empty but real. */
function prepare(folder: string) {
  const native = join(folder, 'native');
  const libraries = join(folder, 'lib');
  for (const path of [native, libraries]) mkdirSync(path);
  const files = { 'answer.h': 'int answer();\n', 'addon.cc': addon, 'answer.cc': answer };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(native, name), text);
  writeFileSync(join(folder, 'empty.cc'), '');
  for (const name of ['libc10.so', 'libtorch_cpu.so', 'libtorch.so'])
    spawnSync('g++', ['-shared', '-fPIC', '-o', join(libraries, name), join(folder, 'empty.cc')]);
  const libtorch: Libtorch = {
    version: '2.13.0',
    root: folder,
    includes: [],
    libraries,
    library: { path: join(libraries, 'libtorch_cpu.so'), bytes: 0, mtimeMs: 0 },
    cxx11Abi: true,
    standard: 'c++17',
    cuda: false,
  };
  /** A compiler that says whom it compiles; `before` runs first. */
  const compiler = (name: string, before: string) => {
    const program = join(folder, name);
    writeFileSync(program, `#!/bin/sh\nfor last; do :; done\necho "$*" >>'${folder}/compiled'\n${before}\nexec g++ "$@"\n`, {
      mode: 0o755,
    });
    return { program, version: 'g++ of the test' };
  };
  const compiled = () => {
    const path = join(folder, 'compiled');
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    writeFileSync(path, '');
    return ['addon.cc', 'answer.cc'].filter((name) => text.includes(`/${name} `));
  };
  const build = async (program: ReturnType<typeof compiler>) =>
    buildAddon(
      {
        folder: join(folder, 'build'),
        libtorch,
        sources: await readNativeSources(native),
        compiler: program,
        logFile: join(folder, 'log'),
      },
      { env: process.env, signal: new AbortController().signal, log: createWriteStream(join(folder, 'log')) },
    );
  return { native, compiler, compiled, build, made: join(folder, 'build', addonFile), objects: join(folder, 'build/objects') };
}

const failureOf = (running: Promise<void>) =>
  running.then(
    () => undefined,
    (error: UserError) => error,
  );

t.test('a compiler killed half-way leaves no addon and nothing half, and the next run goes on', { skip }, async (t) => {
  const folder = t.testdir();
  const { compiler, compiled, build, made, objects } = prepare(folder);
  const pid = join(folder, 'pid');
  const hanging = compiler('hanging', `case "$*" in */answer.cc*) echo $$ >'${pid}'; exec sleep 600;; esac`);
  const failing = failureOf(build(hanging));
  while (!existsSync(pid) || readFileSync(pid, 'utf8') === '' || readdirSync(objects).filter((name) => name.endsWith('.o')).length === 0)
    await setTimeout(20);
  process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
  const error = await failing;
  t.match(error, { exitCode: 3, message: /`answer\.cc` against libtorch 2\.13\.0.*SIGKILL/, hint: /goes on with what is finished/ });
  t.notOk(existsSync(made), 'no addon');
  t.match(readdirSync(objects), [/^addon-\w+\.o$/], 'what was finished, and no part of what was not');
  const kept = statSync(join(objects, readdirSync(objects)[0]!)).mtimeMs;
  compiled();

  await build(compiler('good', ''));
  t.same(compiled(), ['answer.cc'], 'only the rest is compiled');
  t.equal(statSync(join(objects, readdirSync(objects).find((name) => name.startsWith('addon'))!)).mtimeMs, kept);
  t.ok(existsSync(made));
});

t.test('a file that changes is compiled anew, a header changes all', { skip }, async (t) => {
  const folder = t.testdir();
  const { native, compiler, compiled, build, objects } = prepare(folder);
  const good = compiler('good', '');
  await build(good);
  t.same(compiled(), ['addon.cc', 'answer.cc']);
  await build(good);
  t.same(compiled(), []);
  writeFileSync(join(native, 'answer.cc'), `${answer}// again\n`);
  await build(good);
  t.same(compiled(), ['answer.cc']);
  t.equal(readdirSync(objects).length, 2, 'the old object is gone');
  writeFileSync(join(native, 'answer.h'), 'int answer();\n// again\n');
  await build(good);
  t.same(compiled(), ['addon.cc', 'answer.cc']);
});

t.test("the compiler's last words, and an old addon that stays when the new one fails", { skip }, async (t) => {
  const folder = t.testdir();
  const { native, compiler, build, made } = prepare(folder);
  const good = compiler('good', '');
  await build(good);
  const whole = readFileSync(made);
  writeFileSync(join(native, 'answer.cc'), `${answer}int broken() { return nothing; }\n`);
  t.match(await failureOf(build(good)), { message: /`answer\.cc`.*exit code 1.*answer\.cc:3.*'nothing' was not declared/, exitCode: 3 });
  t.same(readFileSync(made), whole);
});
