import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { UserError } from '../../src/errors.js';
import { recordingHost } from '../../src/host/recording-host.js';
import { snapshotHost } from '../../src/host/snapshot-host.js';
import { hostOf, ran } from './host-of.js';

t.test('what nobody looked at is unavailable, what was missing is absent', async (t) => {
  const host = await hostOf(t, {
    complete: ['/etc'],
    programsComplete: false,
    absent: ['/opt/gone'],
    unavailable: { '/root/closed': 'permission denied' },
  });
  t.match(await host.read('/home/file'), { outcome: 'unavailable', why: 'not recorded in this snapshot' });
  t.match(await host.list('/home'), { outcome: 'unavailable' });
  t.match(await host.readLink('/home/link'), { outcome: 'unavailable' });
  t.match(await host.stat('/home/file'), { outcome: 'unavailable' });
  t.match(await host.ask({ program: 'gcc', args: ['--version'] }), { outcome: 'unavailable' });
  t.same(await host.read('/etc/none'), { outcome: 'absent' }, 'its folder was taken whole');
  t.same(await host.read('/opt/gone'), { outcome: 'absent' });
  t.same(await host.read('/root/closed'), { outcome: 'unavailable', why: 'permission denied' });
});

t.test('recorded links lead on, also in a circle', async (t) => {
  const host = await hostOf(t, {
    files: { '/usr/lib/os-release': 'ID=debian', '/sys/devices/gpu/vendor': '0x10de' },
    links: {
      '/etc/os-release': '../usr/lib/os-release',
      '/sys/bus/gpu': '../devices/gpu',
      '/sys/devices/gpu/driver': '../../drivers/nvidia',
      '/a': '/b',
      '/b': '/a',
    },
  });
  t.match(await host.read('/etc/os-release'), { text: 'ID=debian' });
  t.match(await host.read('/sys/bus/gpu/vendor'), { text: '0x10de' });
  t.match(await host.readLink('/sys/bus/gpu/driver'), { target: '../../drivers/nvidia' });
  t.match(await host.list('/sys/bus/gpu'), { names: ['driver', 'vendor'] });
  t.same(await host.read('/a'), { outcome: 'absent' });
});

t.test('a real link in the folder does not lead out of it', async (t) => {
  const folder = t.testdir({
    'snapshot.json': '{"format":1,"complete":["/"]}',
    root: { etc: { hostname: 'recorded' } },
    secret: 'outside',
  });
  await symlink('/etc/hostname', join(folder, 'root/link'));
  await symlink('../secret', join(folder, 'root/out'));
  const host = await snapshotHost(folder);
  t.match(await host.read('/link'), { text: 'recorded' });
  t.same(await host.read('/out'), { outcome: 'absent' });
});

t.test('programs answer as they were recorded', async (t) => {
  const host = await hostOf(t, {
    commands: [
      ran(['dkms', 'status'], 'nvidia/1.0: added\n'),
      { argv: ['nvidia-smi', '-L'], outcome: 'timed-out', ms: 30_000 },
      { argv: ['mokutil', '--sb-state'], outcome: 'unavailable', why: 'may not be run', ms: 1 },
      { argv: ['modinfo', 'nvidia'], outcome: 'absent', ms: 1 },
    ],
  });
  t.same(await host.ask({ program: 'dkms', args: ['status'] }), { outcome: 'exited', code: 0, stdout: 'nvidia/1.0: added\n', stderr: '' });
  t.same(await host.ask({ program: 'nvidia-smi', args: ['-L'] }), { outcome: 'timed-out', afterMs: 30_000 });
  t.same(await host.ask({ program: 'mokutil', args: ['--sb-state'] }), { outcome: 'unavailable', why: 'may not be run' });
  t.same(await host.ask({ program: 'modinfo', args: ['nvidia'] }), { outcome: 'absent' });
  t.match(await host.ask({ program: 'dkms', args: ['add'] }), { outcome: 'unavailable' }, 'the program was there: nobody asked it this');
  t.same(await host.ask({ program: 'gcc', args: ['--version'] }), { outcome: 'absent' }, 'every program was tried');

  const recorder = recordingHost(host);
  for (const [program, ...args] of [
    ['dkms', 'status'],
    ['nvidia-smi', '-L'],
    ['mokutil', '--sb-state'],
    ['gcc', '--version'],
  ] as const)
    await recorder.ask({ program, args });
  const folder = join(t.testdirName, 'again');
  await recorder.writeTo(folder, 'test');
  const again = await snapshotHost(folder);
  for (const [program, ...args] of [
    ['dkms', 'status'],
    ['nvidia-smi', '-L'],
    ['mokutil', '--sb-state'],
    ['gcc', '--version'],
  ] as const) {
    t.same(await again.ask({ program, args }), await host.ask({ program, args }), program);
  }
  await t.rejects(recorder.writeTo(folder, 'test'), { code: 'EEXIST' }, 'a snapshot is not overwritten');
});

t.test('a broken snapshot is said in one line that names the file', async (t) => {
  const broken: readonly (readonly [string, RegExp])[] = [
    ['{', /`.*snapshot\.json` is not JSON/],
    ['[]', /is not a snapshot/],
    ['{"format":2}', /has the format 2, and this program reads format 1/],
    ['{"format":1,"links":{"relative":"x"}}', /`links` in `.*snapshot\.json`/],
    ['{"format":1,"complete":"/"}', /`complete`/],
    ['{"format":1,"status":{"/dev/x":{"kind":"file"}}}', /`status`/],
  ];
  for (const [text, message] of broken) {
    const folder = t.testdir({ 'snapshot.json': text });
    await t.rejects(snapshotHost(folder), { name: 'UserError', message }, text);
  }
  for (const commands of ['{}', '[{"argv":[]}]', '[{"argv":["a"],"ms":1}]', '[{"argv":["a"],"ms":1,"outcome":"maybe"}]']) {
    const folder = t.testdir({ 'snapshot.json': '{"format":1}', 'commands.json': commands });
    await t.rejects(snapshotHost(folder), UserError, commands);
  }
  await t.rejects(snapshotHost(t.testdir({})), { name: 'UserError', hint: /snapshot\.json/ });
});

t.test('files that are not text come back byte for byte', async (t) => {
  const folder = t.testdir({ 'snapshot.json': '{"format":1}', root: {} });
  await writeFile(join(folder, 'root/variable'), Buffer.from([6, 0, 0, 0, 1]));
  t.same(await (await snapshotHost(folder)).read('/variable', 'latin1'), { outcome: 'text', text: '\x06\0\0\0\x01' });
});
