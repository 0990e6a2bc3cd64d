import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

/** As on a fresh machine: a clean clone, an empty home, no terminal; npm's cache alone is kept. */
function cleanClone(folder: string): (...args: string[]) => SpawnSyncReturns<string> {
  const [clone, home] = [join(folder, 'clone'), join(folder, 'home')];
  mkdirSync(home);
  spawnSync('git', ['clone', '--quiet', '.', clone]);
  const cache = spawnSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).stdout.trim();
  const env = { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', npm_config_cache: cache };
  return (...args) => spawnSync('scripts/quickstart', args, { cwd: clone, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

t.test('quickstart goes from a clean clone to a trained detector, and does not do it twice', async (t) => {
  const quickstart = cleanClone(t.testdir());
  const asked = quickstart('--minutes', '0.5', '--engine', 'wasm');
  t.equal(asked.status, 6, 'without a terminal it does not install unasked');
  t.match(asked.stderr, 'pass `--yes`');

  const first = quickstart('--yes', '--minutes', '0.5', '--engine', 'wasm');
  t.equal(first.status, 0, 'done', { stdout: first.stdout, stderr: first.stderr });
  t.match(first.stdout, /average precision at IoU 0\.5[\s\S]*circle +\d+\.\d %/);
  t.match(first.stdout, /report +work_dirs\/quickstart\/run\/report\.html/);

  const second = quickstart('--yes', '--minutes', '0.5', '--engine', 'wasm');
  t.equal(second.status, 0, 'done again', { stderr: second.stderr });
  t.match(second.stdout, 'a trained detector lies in work_dirs/quickstart/run');
  t.match(second.stdout, 'all there, as package-lock.json has them');
});
