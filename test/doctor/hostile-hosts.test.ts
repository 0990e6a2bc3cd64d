import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { checks } from '../../src/doctor/checks/index.js';
import { type Examination, examine } from '../../src/doctor/examine.js';
import { factsOf } from '../../src/doctor/fact.js';
import { kernelLog } from '../../src/doctor/facts/kernel-log.js';
import { moduleBlacklist } from '../../src/doctor/facts/module-blacklist.js';
import { machineOf } from '../../src/doctor/machine.js';
import type { Host, Reading } from '../../src/host/host.js';
import { liveHost } from '../../src/host/live-host.js';
import { openHost } from '../../src/host/open-host.js';
import { rootedHost } from '../../src/host/rooted-host.js';
import { snapshotHost } from '../../src/host/snapshot-host.js';
import { doctorHtml } from '../../src/report/doctor-html.js';
import { doctorText } from '../../src/report/doctor-text.js';
import { randomOf } from '../../src/trainer/random.js';
import { hostOf } from '../host/host-of.js';

t.setTimeout(240_000);

/** What the doctor finds on a hostile machine: no check crashes, every check ends, every report can be written, and all of it in time. */
async function endured(t: Test, host: Host, name: string, seconds: number): Promise<Examination> {
  const started = performance.now();
  const facts = factsOf(host);
  const machine = await machineOf(facts);
  const examination = await examine(facts, { checks });
  const report = { version: '1', host: { origin: host.origin, path: name }, machine, ...examination };
  doctorText(report, { style: (_, text) => text, columns: 80 });
  doctorHtml(report, 'now');
  JSON.stringify(report);
  const took = (performance.now() - started) / 1000;
  t.same(
    examination.findings.filter(({ status }) => status === 'crashed').map(({ id, summary }) => `${id}: ${summary}`),
    [],
    `${name}: no check crashes`,
  );
  t.equal(examination.findings.length, checks.length, `${name}: every check ends`);
  t.ok(took < seconds, `${name}: ${took.toFixed(2)} s, at most ${seconds}`);
  return examination;
}

const fixtures = 'test/fixtures/hosts';
const machines = [
  'healthy-server',
  'nouveau-and-secure-boot',
  'dgx-h100',
  'mixed-installers',
  'tensorflow-without-libraries',
  'apt-cannot-update',
];

/** `host` with every text that it answers changed; programs end well, whatever they said. */
const changed = (host: Host, change: (text: string) => string): Host => ({
  ...host,
  async read(...question): Promise<Reading> {
    const answer = await host.read(...question);
    return answer.outcome === 'text' ? { outcome: 'text', text: change(answer.text) } : answer;
  },
  async ask(command) {
    const answer = await host.ask(command);
    return answer.outcome === 'exited' ? { ...answer, code: 0, stdout: change(answer.stdout), stderr: change(answer.stderr) } : answer;
  },
});

t.test('files and answers that are cut off', async (t) => {
  for (const name of machines) {
    const host = await openHost(`${fixtures}/${name}`);
    for (const part of [0, 0.03, 0.3, 0.7, 0.99])
      await endured(
        t,
        changed(host, (text) => text.slice(0, Math.floor(text.length * part))),
        `${name}, ${part} of each`,
        10,
      );
  }
});

t.test('binary rubbish in every file and every answer', async (t) => {
  const random = randomOf(7);
  const rubbish = (length: number) => Buffer.from(Array.from({ length }, () => random.integer(256)));
  for (const name of machines) {
    const host = await openHost(`${fixtures}/${name}`);
    await endured(
      t,
      changed(host, () => rubbish(4096).toString('latin1')),
      `${name}, bytes`,
      10,
    );
    await endured(
      t,
      changed(host, () => rubbish(4096).toString('utf8')),
      `${name}, no UTF-8`,
      10,
    );
    await endured(
      t,
      changed(host, (text) => text.replace(/\d+/g, '99999999999999999999')),
      `${name}, numbers beyond all bounds`,
      10,
    );
    await endured(
      t,
      changed(host, (text) => text.replace(/./g, (each) => (random.next() < 0.05 ? '\0' : each))),
      `${name}, zero bytes`,
      10,
    );
    await endured(
      t,
      changed(host, (text) => text.split('\n').reverse().join('\n')),
      `${name}, the wrong way round`,
      10,
    );
  }
});

t.test('a megabyte of whatever makes a slow pattern slow', async (t) => {
  const host = await openHost(`${fixtures}/healthy-server`);
  const long = ['a', ' ', '\n', '\t', '0', '-', '"', '=', 'a ', 'a:', 'deb ', ': a\n', '/a', '(', 'a=a ', '0.', 'nvidia-', '\n '];
  for (const piece of long) {
    const text = piece.repeat(1_000_000 / piece.length);
    await endured(
      t,
      changed(host, () => text),
      `1 MB of ${JSON.stringify(piece)}`,
      15,
    );
    await endured(
      t,
      changed(host, (before) => `${before.trimEnd()}${text}`),
      `1 MB of ${JSON.stringify(piece)} behind`,
      15,
    );
  }
});

t.test('a kernel log of 200 MB is read from its end', async (t) => {
  const root = t.testdir({ var: { log: {} }, etc: { 'os-release': 'ID=debian\n' } });
  const file = openSync(join(root, 'var/log/kern.log'), 'w');
  ftruncateSync(file, 200 * 1024 * 1024);
  const last = 'Mar  1 10:00:00 gpu1 kernel: NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus.\n';
  writeSync(file, last, 200 * 1024 * 1024);
  closeSync(file);
  const log = await factsOf(rootedHost(root)).of(kernelLog);
  t.match(log, { known: true, value: [{ text: /fallen off the bus/ }] });
  await endured(t, rootedHost(root), '200 MB of kern.log', 10);
});

/** A folder of programs, each of them `script`. */
function stubs(t: Test, script: string, names: readonly string[]): string {
  const folder = t.testdir({ bin: {} });
  for (const name of names) {
    writeFileSync(join(folder, 'bin', name), script);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  return join(folder, 'bin');
}
const asked = [
  ...['dmesg', 'journalctl', 'systemd-detect-virt', 'dpkg-query', 'dkms', 'gcc', 'g++', 'cc', 'make', 'nvidia-smi', 'mokutil'],
  ...['systemctl', 'modinfo', 'python3', 'nvcc', 'lsinitramfs', 'uname', 'rpm'],
];
/** The time-outs of the doctor's own questions, made short so that a test has not to wait for them all. */
const impatient = (host: Host, ms: number): Host => ({ ...host, ask: (command) => host.ask({ ...command, timeoutMs: ms }) });

t.test('programs that print 200 MB are not waited for, nor kept', async (t) => {
  const PATH = stubs(t, '#!/bin/sh\nexec head -c 200000000 /dev/zero\n', ['dmesg', 'systemd-detect-virt', 'dpkg-query']);
  await endured(t, impatient(liveHost({ environment: { PATH } }), 3_000), '200 MB of a program', 60);
});

t.test('programs that never end cost their time-outs, and are gone afterwards', async (t) => {
  const mark = `31${process.pid}`;
  const PATH = stubs(t, `#!/bin/sh\ntrap '' TERM INT HUP\nsleep ${mark} & sleep ${mark}\n`, asked);
  await endured(t, impatient(liveHost({ environment: { PATH } }), 300), 'every program hangs', 30);
  const alive = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`sleep ${mark}`));
  t.same(alive, [], 'no process is left');
});

t.test('named pipes in the place of files', async (t) => {
  const root = t.testdir();
  const files = [
    ...['etc/os-release', 'etc/apt/sources.list', 'etc/apt/sources.list.d/cuda.list', 'etc/ld.so.conf', 'etc/docker/daemon.json'],
    ...[
      'etc/modprobe.d/a.conf',
      'var/lib/dpkg/status',
      'var/lib/dpkg/diversions',
      'var/lib/nvidia/log',
      'var/log/kern.log',
      'var/log/syslog',
    ],
    ...[
      'var/log/nvidia-installer.log',
      'usr/local/cuda-12.8/version.json',
      'lib/modules/6.8.0-45-generic/updates/dkms/nvidia.ko',
      'lib/modules/6.8.0-46-generic/updates/dkms/nvidia.ko.gz',
      'etc/nv_tegra_release',
      'opt/cuda/version.json',
      'usr/lib/node_modules/@tensorflow/tfjs-node-gpu/package.json',
      '.dockerenv',
    ],
  ];
  for (const file of files) mkdirSync(join(root, dirname(file)), { recursive: true });
  execFileSync(
    'mkfifo',
    files.map((file) => join(root, file)),
  );
  await endured(t, rootedHost(root), 'pipes', 5);
});

t.test('a snapshot whose own files are pipes or lead elsewhere is refused', async (t) => {
  const folder = t.testdir({
    elsewhere: { 'snapshot.json': '{"format":1}', 'commands.json': '[]' },
    a: {},
    b: { 'snapshot.json': '{"format":1}' },
  });
  symlinkSync('../elsewhere/snapshot.json', join(folder, 'a/snapshot.json'));
  await t.rejects(snapshotHost(join(folder, 'a')), { name: 'UserError', message: /cannot be read/ });
  execFileSync('mkfifo', [join(folder, 'b/commands.json')]);
  await t.rejects(snapshotHost(join(folder, 'b')), { name: 'UserError', message: /commands\.json` cannot be read: it is no regular file/ });
});

t.test('5,000 kernels', async (t) => {
  const count = 5_000;
  const root = t.testdir({ lib: { modules: {} } });
  for (let each = 0; each < count; each++) {
    const folder = join(root, `lib/modules/6.8.0-${each}-generic`);
    mkdirSync(join(folder, 'updates/dkms'), { recursive: true });
    mkdirSync(join(folder, 'kernel'));
    symlinkSync(`/usr/src/linux-headers-6.8.0-${each}-generic`, join(folder, 'build'));
    writeFileSync(join(folder, 'updates/dkms/nvidia.ko'), '\0version=550.144.03\0');
  }
  await endured(t, rootedHost(root), '5,000 kernels', 15);
  const newest = readdirSync(join(root, 'lib/modules')).slice(0, 300);
  let programs = 0;
  const counting = (host: Host): Host => ({
    ...host,
    list: async (path) => {
      if (path === '/lib/modules') return { outcome: 'entries', names: newest };
      return path.startsWith('/lib/modules') ? rootedHost(root).list(path) : host.list(path);
    },
    ask: (command) => {
      if (command.program === 'modinfo' || command.program.startsWith('lsinit')) programs++;
      return host.ask(command);
    },
  });
  await endured(t, counting(await openHost(`${fixtures}/healthy-server`)), 'hundreds of kernels with a module each', 30);
  t.ok(programs <= 40, `${programs} programs are run over them`);
});

t.test('10,000 files of modprobe.d, and a status of DKMS of a megabyte', async (t) => {
  const root = t.testdir({ etc: { 'modprobe.d': {} } });
  for (let each = 0; each < 10_000; each++) writeFileSync(join(root, `etc/modprobe.d/${each}.conf`), `blacklist m${each}\n`.repeat(5));
  const started = performance.now();
  const blacklist = await factsOf(rootedHost(root)).of(moduleBlacklist);
  t.match(blacklist, { known: true, value: { length: 50_000 } });
  t.ok(performance.now() - started < 20_000);
  const line = (each: number) => `nvidia/550.${each}, 6.8.0-${each}-generic, x86_64: installed\n`;
  const status = Array.from({ length: 18_000 }, (_, each) => line(each)).join('');
  const host = await openHost(`${fixtures}/healthy-server`);
  const ask: Host['ask'] = async (command) =>
    command.program === 'dkms' ? { outcome: 'exited', code: 0, stdout: status, stderr: '' } : host.ask(command);
  const { findings } = await endured(t, { ...host, ask }, 'a megabyte of DKMS', 15);
  t.ok(JSON.stringify(findings).length < 200_000, 'the report stays one that can be read');
});

t.test('names that are no UTF-8, or would be commands', async (t) => {
  const root = t.testdir({ lib: { modules: {} }, etc: { 'modprobe.d': {}, apt: { 'sources.list.d': {} } }, usr: { local: {} } });
  const place = (folder: string, name: Buffer, directory = false) => {
    const path = Buffer.concat([Buffer.from(`${join(root, folder)}/`), name]);
    if (directory) mkdirSync(path, { recursive: true });
    else writeFileSync(path, Buffer.from([0xff, 0xfe, 0x80, 0x0a]));
  };
  const wild = Buffer.from([0x36, 0x2e, 0x38, 0xff, 0x80]);
  place('lib/modules', wild, true);
  place('lib/modules', Buffer.from('6.8.0; rm -rf ~'), true);
  place('lib/modules', Buffer.from('$(reboot)'), true);
  place('etc/modprobe.d', Buffer.concat([wild, Buffer.from('.conf')]));
  place('etc/apt/sources.list.d', Buffer.concat([wild, Buffer.from('.list')]));
  place('usr/local', Buffer.concat([Buffer.from('cuda-'), wild]), true);
  await endured(t, rootedHost(root), 'wild names', 5);
});

t.test('no name of a machine is a command in our advice', async (t) => {
  const gpu = '/sys/bus/pci/devices/0000:01:00.0';
  const host = await hostOf(t, {
    files: {
      '/etc/os-release': 'ID=ubuntu\n',
      '/proc/sys/kernel/osrelease': '6.8.0;reboot\n',
      '/proc/version': 'Linux version 6.8.0\n',
      '/proc/modules': '',
      [`${gpu}/vendor`]: '0x10de\n',
      [`${gpu}/device`]: '0x2684\n',
      [`${gpu}/class`]: '0x030000\n',
      [`${gpu}/resource`]: '0x000000c000000000 0x000000c003ffffff 0x000000000014220c\n',
      '/var/lib/dpkg/status': 'Package: nvidia-driver-550;reboot\nStatus: hold ok half-installed\nVersion: 1;reboot\n',
    },
    links: { [`${gpu}/driver`]: '../../drivers/evil; reboot' },
    directories: { '/lib/modules': ['6.8.0;reboot', '7.0.0`reboot`'], '/dev': ['null'] },
    commands: [{ argv: ['dkms', 'status'], code: 0, stdout: 'nvidia/1;reboot, 6.8.0, x86_64: added\n', stderr: '', ms: 1 }],
  });
  const { findings } = await endured(t, host, 'names with commands in them', 5);
  const commands = findings.flatMap(({ remedy }) => remedy?.commands ?? []).filter((command) => /[;`]\s*reboot|`reboot/.test(command));
  t.same(commands, []);
});

t.test('links in circles, everywhere', async (t) => {
  const root = t.testdir({ etc: { apt: {} }, opt: {}, var: { lib: {} }, lib: {}, usr: {} });
  for (const path of [
    'etc/os-release',
    'etc/modprobe.d',
    'etc/apt/sources.list',
    'lib/modules',
    'usr/local',
    'usr/bin',
    'var/lib/dpkg',
    'var/log',
    'boot',
    'opt/cuda',
    'lib64',
  ])
    symlinkSync(`/${path}`, join(root, path));
  await endured(t, rootedHost(root), 'circles', 5);
});

t.test('whatever a machine of the fixtures says, each program may fail in every way', async (t) => {
  for (const name of readdirSync(fixtures).slice(0, 20)) {
    const host = await openHost(`${fixtures}/${name}`);
    const answers = [
      { outcome: 'timed-out', afterMs: 10_000 },
      { outcome: 'unavailable', why: 'it was ended by SIGSEGV' },
      { outcome: 'exited', code: 139, stdout: '', stderr: '' },
      { outcome: 'exited', code: 0, stdout: '', stderr: '' },
    ] as const;
    for (const answer of answers) {
      const { findings } = await endured(t, { ...host, ask: async () => answer }, `${name}, ${JSON.stringify(answer)}`, 5);
      t.notOk(
        findings.some(({ evidence }) => evidence.some((line) => line.includes('undefined'))),
        `${name}: nothing undefined is shown`,
      );
    }
  }
});
