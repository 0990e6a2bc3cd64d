import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { liveHost } from '../../../src/host/live-host.js';
import { checkRunFile } from '../../../src/setup/driver/check-run-file.js';
import { Cksum } from '../../../src/setup/driver/cksum.js';
import { parseRunFile } from '../../../src/setup/driver/request.js';
import { installerFile } from './installer-file.js';

const host = liveHost({ environment: process.env });
const name = 'NVIDIA-Linux-x86_64-580.95.05.run';

/** What is said of a file of that name with these bytes. */
async function said(t: Test, bytes: Uint8Array, { at = name, mode = 0o644, sha256 = undefined as string | undefined } = {}) {
  const path = join(t.testdir({}), at) as `/${string}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  chmodSync(path, mode);
  return checkRunFile(host, parseRunFile(path), sha256);
}

t.test('a whole installer is taken, executable or not, in whatever folder, by either form of header', async (t) => {
  for (const at of [name, `a folder with spaces/驱动程序/${name}`, `$(touch x);'"&|/${name}`]) {
    const whole = await said(t, installerFile(), { at, mode: 0o600 });
    t.match(whole, { sha256: /^[0-9a-f]{64}$/ }, at);
    t.match(whole, { warnings: [/is not the file that NVIDIA has under this name/] }, 'it is not the real one, whose checksum is known');
  }
  t.match(await said(t, installerFile({ quote: '', filesizes: '', skipsToFirst: true })), { sha256: String }, "NVIDIA's own form");
  t.match(
    await said(t, installerFile({ md5: '0'.repeat(32) })),
    { sha256: String },
    'the checksum of cksum is looked at where there is no MD5',
  );
});

t.test('what is not whole is refused, with what is missing and where to get it', async (t) => {
  const whole = installerFile();
  const cases: readonly (readonly [Buffer, RegExp])[] = [
    [whole.subarray(0, -10), /it is cut off: \d+ of the \d+ bytes/],
    [whole.subarray(0, 200), /no installer of NVIDIA: it is something else/],
    [Buffer.alloc(0), /it is empty/],
    [Buffer.from('<!DOCTYPE html><html>Please log in</html>'), /it is a web page/],
    [readFileSync(process.execPath).subarray(0, 5000), /it is a program/],
    [Buffer.concat([whole, Buffer.from('more')]), /4 bytes follow/],
    [Buffer.from(whole).fill(0x41, whole.length - 20, whole.length - 10), /has another MD5/],
    [installerFile({ quote: '', filesizes: '', skipsToFirst: true }).subarray(0, -10), /cut off or damaged/],
    [installerFile({ md5: '0'.repeat(32), crc: '12345' }), /has another checksum/],
  ];
  for (const [bytes, reason] of cases) {
    const answer = await said(t, bytes);
    t.match(answer, { reason, exitCode: 2, hint: /https:\/\/us\.download\.nvidia\.com\/XFree86\/Linux-x86_64\/580\.95\.05\// });
  }
});

t.test('a name that lies is told by the file itself', async (t) => {
  t.match(await said(t, installerFile({ version: '535.54.03' })), {
    reason: /is called 580\.95\.05, and is driver 535\.54\.03/,
    hint: /x86_64-535\.54\.03\.run/,
  });
  t.match(await said(t, installerFile({ architecture: 'aarch64' })), { reason: /is called x86_64, and is for aarch64/ });
});

t.test('a wrong checksum, a folder, a file that everybody may write, and no file', async (t) => {
  const whole = (await said(t, installerFile())) as { sha256: string };
  t.match(await said(t, installerFile(), { sha256: whole.sha256 }), { sha256: whole.sha256 });
  t.match(await said(t, installerFile(), { sha256: 'a'.repeat(64) }), {
    reason: new RegExp(`has the SHA-256 ${whole.sha256}, and not aaaa`),
  });
  t.match(await said(t, installerFile(), { mode: 0o666 }), { reason: /Everybody may write/, hint: /chmod o-w/ });
  const folder = t.testdir({ [name]: {} });
  t.match(await checkRunFile(host, parseRunFile(join(folder, name) as '/x'), undefined), { reason: /is a folder/ });
  t.match(await checkRunFile(host, parseRunFile(`/nowhere/${name}`), undefined), {
    reason: /There is no/,
    hint: /`--from run` downloads one/,
  });
  const pipe = join(t.testdir({}), name);
  spawnSync('mkfifo', [pipe]);
  t.match(await checkRunFile(host, parseRunFile(pipe as '/x'), undefined), { reason: /is no file/ }, 'and nobody waits for its other end');
  const link = join(t.testdir({}), name);
  symlinkSync('/proc/self/mem', link);
  t.match(await checkRunFile(host, parseRunFile(link as '/x'), undefined), { exitCode: 2 });
});

t.test(
  'what makeself itself makes is understood',
  { skip: spawnSync('makeself', ['--version']).error ? 'makeself is not installed' : false },
  async (t) => {
    const folder = t.testdir({ src: { 'go.sh': '#!/bin/sh\n', data: 'x'.repeat(50_000) } });
    chmodSync(join(folder, 'src/go.sh'), 0o755);
    for (const options of [[], ['--xz'], ['--nomd5'], ['--nomd5', '--nocrc'], ['--nocomp']]) {
      const path = join(folder, name) as `/${string}`;
      const label = 'NVIDIA Accelerated Graphics Driver for Linux-x86_64 580.95.05';
      const made = spawnSync(
        'makeself',
        [...options, '--target', 'NVIDIA-Linux-x86_64-580.95.05', join(folder, 'src'), path, label, './go.sh'],
        { encoding: 'utf8' },
      );
      t.equal(made.status, 0, made.stderr);
      t.match(await checkRunFile(host, parseRunFile(path), undefined), { sha256: String }, options.join(' '));
      writeFileSync(path, readFileSync(path).subarray(0, -1));
      t.match(await checkRunFile(host, parseRunFile(path), undefined), { reason: /it is cut off/ }, options.join(' '));
    }
  },
);

t.test('the checksum is that of cksum(1)', async (t) => {
  for (const text of ['', 'a', 'abc', 'x'.repeat(100_000)]) {
    const mine = new Cksum();
    mine.update(Buffer.from(text));
    t.equal(String(mine.digest()), spawnSync('cksum', [], { input: text, encoding: 'utf8' }).stdout.split(' ')[0]);
  }
});
