import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { step } from '../../src/setup/step.js';
import { downloadFile } from '../../src/setup/steps/download-file.js';
import { runInstaller } from '../../src/setup/steps/run-installer.js';
import { writeFile } from '../../src/setup/steps/write-file.js';
import { toTheEnd } from './cut-off.js';
import { overlaySystem } from './overlay-system.js';
import { endSteps, exceptions, fileSteps, furnish, planOf } from './test-plan.js';

t.setTimeout(300_000);

const system = (await overlaySystem())!;
if (system) t.teardown(() => system.close());
const options = { skip: system ? false : 'this machine lets nobody mount an overlay, or has no apt' };
if (system) furnish(system);
const inside = (path: string) => join(system.root, path);
const tree = () => Object.fromEntries(system.tree(exceptions));
const about = (id: string) => ({ id, because: [], why: 'The test wants it', after: [] });

t.test('a path of somebody else finds none of his programs', options, async (t) => {
  const before = tree();
  // Whatever we start, under the names of this folder it would leave a mark.
  for (const name of [
    'env',
    'sh',
    'systemctl',
    'apt-get',
    'dpkg',
    'dpkg-query',
    'rm',
    'chmod',
    'find',
    'uname',
    'dkms',
    'mokutil',
    'lsinitramfs',
  ])
    system.write(`/srv/evil/${name}`, '#!/bin/dash\n: > /srv/evil/was-here\nexit 1\n', 0o755);
  system.write('/root/plan.json', JSON.stringify(await planOf(system, [...fileSteps, ...endSteps])));
  const env = { PATH: '/srv/evil:/usr/sbin:/usr/bin:/bin', LD_LIBRARY_PATH: '' };
  for (const args of [['apply', '/root/plan.json', '--yes'], ['history'], ['undo', '--yes']]) {
    const child = system.start(args, env);
    let stderr = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    t.equal(await new Promise((resolve) => child.on('exit', resolve)), 0, stderr);
  }
  t.notOk(existsSync(inside('/srv/evil/was-here')));
  system.run(['find', '/srv/evil', '-delete']);
  t.same(tree(), before);
});

t.test("with umask 000 nothing of ours is anybody else's to write or to read", options, async (t) => {
  system.write('/root/plan.json', JSON.stringify(await planOf(system, [...fileSteps, ...endSteps])));
  const child = spawnSync('sh', ['-c', 'umask 000; exec "$@"', 'sh', ...system.argv(['apply', '/root/plan.json', '--yes'])], {
    encoding: 'utf8',
    timeout: 120_000,
    env: system.environment,
  });
  t.equal(child.status, 0, child.stderr);
  const open: string[] = [];
  const walk = (path: string): void => {
    const stats = lstatSync(inside(path));
    const secret = path.startsWith('/var/lib/gpu-setup/plans');
    if (!stats.isSymbolicLink() && (stats.mode & (secret ? 0o077 : 0o022)) !== 0) open.push(`${path} ${(stats.mode & 0o7777).toString(8)}`);
    if (stats.isDirectory()) for (const name of readdirSync(inside(path))) walk(join(path, name));
  };
  for (const path of ['/var/lib/gpu-setup', '/etc/modprobe.d/gpu-setup-test.conf', '/etc/gpu-setup-new']) walk(path);
  t.same(open, []);
  t.equal(statSync(inside('/etc/gpu-setup-kept.conf')).mode & 0o777, 0o600, 'and what was private stays so');
  t.equal((await toTheEnd(system, ['undo', '--yes'])).code, 0);
});

t.test('a name is a name, whatever is in it', options, async (t) => {
  for (const [index, folder] of [
    '/root/a folder',
    '/root/$(touch pwned)',
    "/root/'; touch pwned; '",
    '/root/-rf',
    '/root/驱动程序',
    '/root/*',
    '/root/`id`',
  ].entries()) {
    const path = `${folder}/NVIDIA-Linux-x86_64-999.${index}.run` as const;
    system.write(
      path,
      `#!/bin/sh\nprintf '%s\\n' "$0" "$@" > /root/ran-with\nmkdir -p /usr/lib/x86_64-linux-gnu\n: > /usr/lib/x86_64-linux-gnu/libnvidia-ml.so.999.${index}\nprintf '#!/bin/sh\\nrm /usr/bin/nvidia-uninstall /usr/lib/x86_64-linux-gnu/libnvidia-ml.so.999.${index}\\n' > /usr/bin/nvidia-uninstall\nchmod 755 /usr/bin/nvidia-uninstall\n`,
      0o644,
    );
    const plan = await planOf(system, [
      step(runInstaller, { file: path as `/${string}`, version: `999.${index}`, args: ['--silent'] }, about('install')),
    ]);
    system.write('/root/plan.json', JSON.stringify(plan));
    const ran = await toTheEnd(system, ['apply', '/root/plan.json', '--yes']);
    t.equal(ran.code, 0, `${folder}: ${ran.stderr}`);
    t.equal(readFileSync(inside('/root/ran-with'), 'utf8'), `${path}\n--silent\n`, folder);
    t.equal((await toTheEnd(system, ['undo', '--yes'])).code, 0);
    t.notOk(existsSync(inside('/usr/bin/nvidia-uninstall')));
  }
  t.notOk([...['/', '/root'].flatMap((folder) => readdirSync(inside(folder)))].includes('pwned'));
  const forged = await planOf(system, [step(writeFile, { path: '/etc/x', text: '' }, about('x'))]);
  for (const bad of ['/etc/a\nok   x: done', '/etc/../root/x', 'relative', '/etc/\u001b[2J']) {
    const [first] = forged.steps;
    system.write('/root/plan.json', JSON.stringify({ ...forged, steps: [{ ...first, params: { path: bad, text: '' } }] }));
    t.equal((await toTheEnd(system, ['apply', '/root/plan.json', '--yes'])).code, 2, JSON.stringify(bad));
  }
});

t.test('links that somebody planted lead nowhere', options, async (t) => {
  const sum = 'ab'.repeat(32);
  mkdirSync(inside('/srv/target'), { recursive: true });
  for (const plant of [
    () => symlinkSync('/srv/target', inside('/var/cache/gpu-setup')),
    () => {
      mkdirSync(inside('/var/cache/gpu-setup'));
      chmodSync(inside('/var/cache/gpu-setup'), 0o777);
    },
  ]) {
    plant();
    const params = { urls: ['https://127.0.0.1:9/x.run'], path: '/var/cache/gpu-setup/x.run', sha256: sum } as const;
    system.write('/root/plan.json', JSON.stringify(await planOf(system, [step(downloadFile, params, about('download'))])));
    const ran = await toTheEnd(system, ['apply', '/root/plan.json', '--yes']);
    t.match(ran, { code: 3, stderr: /is not safe to keep an installer in/ });
    t.equal((await toTheEnd(system, ['undo', '--yes'])).code, 0);
    t.same(readdirSync(inside('/srv/target')), []);
    system.run(['rm', '--force', '--dir', '/var/cache/gpu-setup']);
  }
  system.run(['chmod', '1777', '/tmp']);
  symlinkSync('/etc/passwd', inside('/tmp/planted'));
  const before = readFileSync(inside('/etc/passwd'), 'utf8');
  system.write(
    '/root/plan.json',
    JSON.stringify(await planOf(system, [step(writeFile, { path: '/tmp/planted', text: 'x' }, about('write'))])),
  );
  t.match(await toTheEnd(system, ['apply', '/root/plan.json', '--yes']), { code: 3, stderr: /everybody may write in `\/tmp`/ });
  t.equal(readFileSync(inside('/etc/passwd'), 'utf8'), before);
  system.run(['rm', '/tmp/planted']);
  t.equal((await toTheEnd(system, ['undo', '--yes'])).code, 0);
});

t.test('no step removes a folder with what is in it', async (t) => {
  const sources = ['src/setup', 'src/host', 'src/download'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  t.ok(sources.length > 50);
  for (const file of sources) {
    const text = readFileSync(file, 'utf8');
    t.notMatch(text, /\brm(dir)?(Sync)?\([^)]*recursive/, file);
    t.notMatch(text, /'rm',\s*args:\s*\[[^\]]*'(-\w*[rR]\w*|--recursive)'/, file);
    t.notMatch(text, /shell:\s*true|\bexec(Sync)?\(\s*`/, file);
  }
});
