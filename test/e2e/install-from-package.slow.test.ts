import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import './gpu-setup.js';

const quiet = ['--no-fund', '--no-audit', '--ignore-scripts'];

t.test('the packed package, installed alone without scripts, runs', async (t) => {
  const folder = t.testdir({ app: { 'package.json': '{"private":true}' }, home: {} });
  const app = join(folder, 'app');
  const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { encoding: 'utf8' });
  t.equal(packed.status, 0, packed.stderr);
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const installed = spawnSync('npm', ['install', '--omit=dev', ...quiet, resolve(folder, tarball!)], { encoding: 'utf8', cwd: app });
  t.equal(installed.status, 0, installed.stderr);
  t.notOk(existsSync(join(app, 'node_modules/@tensorflow')), 'TensorFlow.js travels inside the bundle');

  const run = (...args: string[]) =>
    spawnSync(join(app, 'node_modules/.bin/gpu-setup'), args, {
      encoding: 'utf8',
      cwd: app,
      env: { ...process.env, HOME: join(folder, 'home') },
    });
  const { version } = JSON.parse(spawnSync('npm', ['pkg', 'get'], { encoding: 'utf8' }).stdout) as { version: string };
  t.equal(run('--version').stdout, `${version}\n`);
  const engines = JSON.parse(run('engine', 'list', '--json').stdout) as { engines: { name: string; available: boolean }[] };
  t.match(
    engines.engines.find(({ name }) => name === 'wasm'),
    { available: true },
  );
  const doctor = run('doctor', '--json');
  t.ok([0, 1].includes(doctor.status!), `doctor ended with ${doctor.status}: ${doctor.stderr}`);
  t.type(JSON.parse(doctor.stdout), 'object');
});
