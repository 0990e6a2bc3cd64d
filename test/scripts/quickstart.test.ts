import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const quickstart = (args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) =>
  spawnSync(join(process.cwd(), 'scripts/quickstart'), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });

t.test('--help says what it does and changes nothing', async (t) => {
  const cwd = t.testdir();
  const { status, stdout } = quickstart(['--help'], { cwd });
  t.equal(status, 0);
  t.match(stdout, 'usage: scripts/quickstart');
  t.notOk(existsSync(join(cwd, 'work_dirs')));
});

t.test('wrong usage ends with 2 before anything happens', async (t) => {
  for (const args of [['--minutes', 'soon'], ['--minutes', '0'], ['--engine', 'abacus'], ['--nope'], ['extra']]) {
    const { status, stderr } = quickstart(args);
    t.equal(status, 2, args.join(' '));
    t.match(stderr, /^error: .*\nhint: /);
  }
});

t.test('without Node, or with one that is too old, it says so in plain words', async (t) => {
  const bin = t.testdir({ old: {}, none: {} });
  const tools = (folder: string) =>
    spawnSync('sh', ['-c', 'for tool in sh dirname readlink; do ln -s "$(command -v $tool)" "$1/$tool"; done', 'sh', join(bin, folder)]);
  tools('none');
  tools('old');
  spawnSync('sh', [
    '-c',
    'printf "#!/bin/sh\\n[ \\"\\$1\\" = --version ] && echo v18.20.0 && exit\\nexit 1\\n" > "$1"; chmod +x "$1"',
    'sh',
    join(bin, 'old/node'),
  ]);
  const without = quickstart([], { env: { PATH: join(bin, 'none') } });
  t.equal(without.status, 2);
  t.match(without.stderr, /`node` is not in PATH.*20\.19/);
  const old = quickstart([], { env: { PATH: join(bin, 'old') } });
  t.equal(old.status, 2);
  t.match(old.stderr, /v18\.20\.0 is too old.*20\.19/);
});
