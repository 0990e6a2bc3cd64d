import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { program } from './gpu-setup.js';
import { pathOf, traced, whyNoTrace } from './traced.js';

t.setTimeout(240_000);
const skip = whyNoTrace() ?? false;

/** What must not be read: it lies beside the root that is looked at, and every link in the root leads to it. */
const canary = 'CANARY-OF-THIS-MACHINE';
const files = [
  ...['etc/os-release', 'etc/apt/sources.list', 'etc/apt/trusted.gpg', 'etc/ld.so.conf', 'etc/docker/daemon.json', 'etc/machine-id'],
  ...['etc/modprobe.d/a.conf', 'etc/ld.so.conf.d/a.conf', 'var/lib/dpkg/status', 'var/lib/dpkg/diversions', 'var/lib/nvidia/log'],
  ...['var/log/kern.log', 'var/log/nvidia-installer.log', 'usr/local/cuda-12.8/version.json', '.dockerenv', 'usr/lib/os-release'],
  ...['lib/modules/6.8.0-45-generic/updates/dkms/nvidia.ko', 'lib/modules/6.8.0-45-generic/build', 'boot/initrd.img-6.8.0-45-generic'],
];
const folders = [
  'usr/lib/x86_64-linux-gnu',
  'usr/local/lib/python3.11',
  'opt/conda',
  'etc/cdi',
  'usr/lib/nvidia',
  'lib/firmware',
  'home',
  'usr/bin',
  'tmp',
];

/** A root whose every file and folder is a link out of it: by absolute paths, and by climbing. */
function rootOf(t: { testdir(): string }): { readonly root: string; readonly outside: string } {
  const base = t.testdir();
  const [root, outside] = [join(base, 'root'), join(base, 'outside')];
  for (const path of [...files, ...folders.map((folder) => `${folder}/x`)]) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    mkdirSync(join(outside, dirname(path)), { recursive: true });
  }
  for (const path of files) {
    writeFileSync(join(outside, path), `PRETTY_NAME="${canary}"\ndeb file:/var/cuda-repo-${canary} /\nblacklist ${canary}\n`);
    const up = '../'.repeat(path.split('/').length);
    symlinkSync(
      files.indexOf(path) % 2 === 0 ? join(outside, path) : `${up}${'../'.repeat(20)}${outside.slice(1)}/${path}`,
      join(root, path),
    );
  }
  for (const folder of folders) {
    writeFileSync(join(outside, folder, `libcuda.so.${canary}`), '');
    execFileSync('rm', ['-r', join(root, folder)]);
    symlinkSync(join(outside, folder), join(root, folder));
  }
  return { root, outside };
}

t.test('nothing outside a mounted root gets into the report', async (t) => {
  const { root } = rootOf(t);
  for (const more of [[], ['--json'], ['--fix', '--dry-run', '--json']]) {
    let out = '';
    try {
      out = execFileSync(process.execPath, [program, 'doctor', '--host', root, ...more], { encoding: 'utf8' });
    } catch (error) {
      out = String((error as { stdout?: unknown }).stdout);
    }
    t.ok(out.length > 200);
    t.notMatch(out, canary, more.join(' '));
  }
});

t.test('nothing outside it is opened, or even looked at', { skip }, async (t) => {
  const { root, outside } = rootOf(t);
  const { calls, started, code, stderr } = traced(['doctor', '--json', '--host', root], join(dirname(root), 'traces'));
  t.ok(code === 0 || code === 1, `it ends with ${code}`, { stderr });
  const about = calls.filter((call) => pathOf(call).startsWith(root));
  t.ok(about.length > 100, 'the trace has something to tell');
  t.same(
    calls.filter((call) => pathOf(call).startsWith(outside)).map(({ name, args }) => `${name}(${args})`),
    [],
  );
  t.same(
    about.filter((call) => /(^|\/)\.\.(\/|$)/.test(pathOf(call))).map(({ name, args }) => `${name}(${args})`),
    [],
    'no path climbs',
  );
  t.same(started, [], 'and no program of this machine is asked about that one');
});
