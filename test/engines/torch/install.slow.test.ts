import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { engineSettings } from '../../../src/engines/settings.js';
import { torchEngine } from '../../../src/engines/torch/engine.js';
import { gpuSetup, program } from '../../e2e/gpu-setup.js';

const settings = engineSettings(process.env);
const { available, detail } = await torchEngine(settings).status();
const skip = available ? false : `the engine \`torch\` is not installed: ${detail}`;
/** The libtorch that the engine of this machine was built against. */
const { torchRoot } = available
  ? (JSON.parse(readFileSync(join(settings.engineDirectory, 'torch/manifest.json'), 'utf8')) as { torchRoot: string })
  : { torchRoot: '' };

const started = (args: readonly string[], env: Record<string, string>): ChildProcess =>
  spawn(process.execPath, [program, ...args], { stdio: 'ignore', env: { ...process.env, ...env } });

t.test(
  'an installation that is killed while it compiles: nothing is there, and the next one goes on',
  { skip, timeout: 1_200_000 },
  async (t) => {
    const env = { GPU_SETUP_DATA_DIR: t.testdir() };
    const install = ['engine', 'install', 'torch', '--libtorch', torchRoot];
    const folder = join(env.GPU_SETUP_DATA_DIR, 'engines/torch');
    const objectsIn = () => {
      const builds = join(folder, 'builds');
      const [build] = existsSync(builds) ? readdirSync(builds) : [];
      const objects = build === undefined ? '' : join(builds, build, 'objects');
      return existsSync(objects) ? readdirSync(objects).map((name) => join(objects, name)) : [];
    };
    const whole = () => objectsIn().filter((path) => path.endsWith('.o'));

    const first = started(install, env);
    while (whole().length < 2) await setTimeout(50);
    const second = gpuSetup(install, { env });
    t.equal(second.code, 3, 'one at a time');
    t.match(second.stderr, /Another installation is at work/);
    first.kill('SIGKILL');
    await new Promise((resolve) => first.once('close', resolve));
    t.match(gpuSetup(['engine', 'list'], { env }).stdout, /torch +not available: not installed/);
    const kept = new Map(whole().map((path) => [path, statSync(path).mtimeMs]));
    t.ok(kept.size >= 2);

    const third = gpuSetup(install, { env });
    t.equal(third.code, 0, third.stderr);
    for (const [path, mtimeMs] of kept) t.equal(statSync(path).mtimeMs, mtimeMs, path);
    t.match(gpuSetup(['engine', 'list'], { env }).stdout, /torch +available/);

    const addon = () =>
      statSync(join(folder, (JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { addon: string }).addon));
    const { mtimeMs } = addon();
    const fourth = gpuSetup(install, { env });
    t.match(fourth.stderr, /addon: .*\(was there\)/);
    t.equal(addon().mtimeMs, mtimeMs, 'built once');
  },
);
