import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { gpuSetup } from './gpu-setup.js';
import { tinyConfig } from './tiny-config.js';

// Many child processes: a busy machine takes its time.
t.setTimeout(240_000);

const folder = t.testdir();
const config = tinyConfig(folder);
t.equal(gpuSetup(['data', 'make', 'shapes', '--images', '12', '--out', 'shapes'], { cwd: folder }).code, 0);
const train = (...flags: string[]) => gpuSetup(['train', config, '--data', 'shapes', '--epochs', '1', ...flags], { cwd: folder });
const runOf = (workDir: string) =>
  (parse(readFileSync(join(folder, workDir, 'config.yaml'), 'utf8')) as { run: Record<string, unknown> }).run;

const listed = JSON.parse(gpuSetup(['engine', 'list', '--json']).stdout) as {
  engines: { name: string; available: boolean; detail: string }[];
};
const skipUnless = (name: string) => {
  const { available, detail } = listed.engines.find((engine) => engine.name === name)!;
  return available ? false : `the engine \`${name}\` is not installed: ${detail}`;
};

t.test('wasm has one way to compute, and refuses the others before anything is written', async (t) => {
  for (const [flags, said] of [
    [['--precision', 'bf16'], /`wasm` computes in `fp32` alone, not in `bf16`/],
    [['--precision', 'tf32'], /not in `tf32`/],
    [['--threads', '4'], /`wasm` runs on one core, not on 4 threads/],
  ] as const) {
    const { code, stderr } = train('--engine', 'wasm', '--work-dir', 'refused', ...flags);
    t.equal(code, 2, flags.join(' '));
    t.match(stderr, said);
    t.notOk(existsSync(join(folder, 'refused')));
  }
  const wrong = train('--engine', 'wasm', '--precision', 'fp8');
  t.equal(wrong.code, 2);
  t.match(wrong.stderr, /--precision.*`fp32`, `tf32`, `bf16`/);
  const environment = gpuSetup(['engine', 'list'], { env: { GPU_SETUP_PRECISION: 'fp8' } });
  t.equal(environment.code, 2);
  t.match(environment.stderr, /`GPU_SETUP_PRECISION` is `fp8`/);
});

t.test('wasm takes what it does anyway, and the run says so', async (t) => {
  const { code, stderr } = train('--engine', 'wasm', '--work-dir', 'plain', '--precision', 'float32', '--threads', '1', '--deterministic');
  t.equal(code, 0, stderr);
  t.match(stderr, /^engine: wasm \(.*\), fp32, 1 thread, deterministic$/m);
  t.match(runOf('plain'), { engine: 'wasm', precision: 'fp32', threads: 1, deterministic: true });
});

for (const engine of ['torch', 'tensorflow']) {
  t.test(`${engine}: a run keeps its mode, and goes on in it`, { skip: skipUnless(engine) }, async (t) => {
    const workDir = `run-${engine}`;
    const first = train('--engine', engine, '--work-dir', workDir, '--precision', 'bf16', '--threads', '1', '--deterministic');
    t.equal(first.code, 0, first.stderr);
    t.match(first.stderr, new RegExp(`^engine: ${engine} \\(.*\\), bf16, 1 thread, deterministic$`, 'm'));
    t.match(runOf(workDir), { engine, precision: 'bf16', threads: 1, deterministic: true });

    const again = gpuSetup(['train', config, '--resume', '--work-dir', workDir], { cwd: folder });
    t.equal(again.code, 0, again.stderr);
    t.match(again.stderr, new RegExp(`^engine: ${engine} \\(.*\\), bf16, 1 thread, deterministic$`, 'm'), 'in the mode that it began with');
    const another = gpuSetup(['train', config, '--resume', '--work-dir', workDir, '--precision', 'fp32'], { cwd: folder });
    t.equal(another.code, 2, another.stderr);
    t.match(another.stderr, /is not resumed with `--precision fp32`: it was started with `--precision bf16`/);

    const tf32 = train('--engine', engine, '--work-dir', 'refused', '--precision', 'tf32');
    if (listed.engines.find(({ name }) => name === engine)!.detail.endsWith('CPU')) {
      t.equal(tf32.code, 2);
      t.match(tf32.stderr, /cannot multiply in `tf32`/);
    } else t.equal(tf32.code, 0, tf32.stderr);
  });

  t.test(`${engine}: predict and test take a mode`, { skip: skipUnless(engine) }, async (t) => {
    for (const precision of ['fp32', 'bf16']) {
      const { code, stderr } = gpuSetup(['test', 'plain', '--engine', engine, '--precision', precision, '--json'], { cwd: folder });
      t.equal(code, 0, stderr);
      t.match(stderr, new RegExp(`^engine: ${engine} .*, ${precision}$`, 'm'));
    }
  });
}
