import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { checks } from '../../../src/doctor/checks/index.js';
import { factsOf } from '../../../src/doctor/fact.js';
import type { Host } from '../../../src/host/host.js';
import { openHost } from '../../../src/host/open-host.js';
import { planText } from '../../../src/report/plan-text.js';
import { planDriver } from '../../../src/setup/driver/plan-driver.js';
import { type DriverRequest, parseRunFile } from '../../../src/setup/driver/request.js';
import type { Plan, PlannedStep, Refusal } from '../../../src/setup/plan.js';

const plain: DriverRequest = {
  dkms: true,
  from: undefined,
  run: undefined,
  driver: undefined,
  kernelModule: 'auto',
  openglFiles: true,
  assumeGpus: [],
};
const hostNamed = (name: string) => openHost(new URL(`../../fixtures/hosts/${name}`, import.meta.url).pathname);
const outcomeOf = async (name: string, request: Partial<DriverRequest> = {}) =>
  planDriver(factsOf(await hostNamed(name)), { ...plain, ...request }, 'gpu-setup test');

async function planOf(name: string, request: Partial<DriverRequest> = {}): Promise<Plan> {
  const outcome = await outcomeOf(name, request);
  if (outcome.outcome === 'refused') throw new Error(outcome.reasons[0].reason);
  return outcome;
}
async function refusalOf(name: string, request: Partial<DriverRequest> = {}): Promise<Refusal> {
  const outcome = await outcomeOf(name, request);
  if (outcome.outcome === 'plan') throw new Error(`there is a plan for ${name}`);
  return outcome;
}

const run580 = parseRunFile('/root/NVIDIA-Linux-x86_64-580.95.05.run');
const cases: readonly (readonly [golden: string, host: string, request?: Partial<DriverRequest>])[] = [
  ['ubuntu-22.04-nouveau-secure-boot', 'ubuntu-22.04-nouveau-secure-boot'],
  ['ubuntu-22.04-nouveau-secure-boot-run', 'ubuntu-22.04-nouveau-secure-boot', { run: run580, openglFiles: false }],
  ['debian-12-h100', 'debian-12-h100'],
  ['debian-12-h100-open', 'debian-12-h100', { kernelModule: 'open' }],
  ['debian-12-blackwell-run', 'debian-12-blackwell', { run: run580 }],
  ['ubuntu-24.04-pascal', 'ubuntu-24.04-pascal'],
  ['ubuntu-24.04-pascal-prebuilt', 'ubuntu-24.04-pascal', { dkms: false }],
  ['ubuntu-22.04-kepler-ampere', 'ubuntu-22.04-kepler-ampere'],
  ['ubuntu-26.04-nova', 'ubuntu-26.04-nova'],
  ['ubuntu-24.04-driver-580', 'ubuntu-24.04-driver-580'],
  ['ubuntu-24.04-driver-580-to-595-run', 'ubuntu-24.04-driver-580', { run: parseRunFile('/root/NVIDIA-Linux-x86_64-595.58.03.run') }],
];
/** The reviewed text of `name`; `UPDATE_GOLDEN=1` writes `now` there first, for a person to review in the diff. */
function golden(name: string, now: string): string {
  const file = new URL(`../../golden/plans/${name}.txt`, import.meta.url);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, now);
  return readFileSync(file, 'utf8');
}

for (const [name, host, request] of cases) {
  t.test(`the plan for ${name} is as reviewed`, async (t) => {
    const text = `${planText(await planOf(host, request), (_, word) => word)}\n`;
    t.equal(text, golden(name, text));
  });
}

t.test('every plan holds together', async (t) => {
  const ids = new Set(checks.map(({ id }) => id));
  for (const [name, host, request] of cases) {
    const plan = await planOf(host, request);
    const steps = [...plan.steps, ...plan.afterReboot];
    t.same(new Set(steps.map(({ id }) => id)).size, steps.length, `${name}: ids are unique`);
    const before = new Set<string>();
    for (const step of steps) {
      for (const id of step.after) t.ok(before.has(id), `${name}: ${id} comes before ${step.id}`);
      for (const id of step.why.findings) t.ok(ids.has(id), `${name}: the doctor has a check ${id}`);
      t.ok(step.commands.length > 0 || step.files.length > 0, `${name}: ${step.id} does something`);
      t.ok(step.proof.length > 0, `${name}: ${step.id} can be proven`);
      t.ok(step.why.words.length > 10, `${name}: ${step.id} has a reason`);
      before.add(step.id);
    }
    const reboots = plan.steps.filter(({ kind }) => kind === 'reboot');
    t.equal(plan.complete, reboots.length === 0, `${name}: incomplete exactly where it ends in a reboot`);
    if (reboots.length > 0) t.equal(plan.steps.at(-1)?.kind, 'reboot', `${name}: nothing after the reboot`);
    t.same(JSON.parse(JSON.stringify(plan)), plan, `${name}: is plain JSON`);
  }
});

t.test('no command goes through a shell', async (t) => {
  const commands = (step: PlannedStep) => [...step.commands, ...step.undo.commands, ...step.proof.flatMap(({ command }) => command ?? [])];
  for (const [name, host, request] of cases) {
    const plan = await planOf(host, request);
    for (const { program, args } of [...plan.steps, ...plan.afterReboot].flatMap(commands)) {
      // An installer is a script: it is a file that `sh` reads, never a line.
      if (program === 'sh') t.match(args[0], /^\/.*\.run$/, `${name}: ${args.join(' ')}`);
      else t.notMatch(program, /^(|.*\/)(sh|bash|dash|zsh|eval|sudo|xargs)$/, `${name}: ${program}`);
      for (const word of args) t.notMatch(word, /[;&|<>`$\n]/, `${name}: ${program} ${word}`);
    }
  }
});

/** Programs that only look, and how they are asked. */
const looking =
  /^(uname -m|systemd-detect-virt|systemctl is-active \S+|dpkg-query --show .*|dkms status|mokutil --(sb-state|test-key \S+)|modinfo \S+|ls(initramfs|initrd|initcpio) \S+|apt-cache (madison|policy) .*|nvidia-smi .*)$/s;

t.test('planning asks, and changes nothing', async (t) => {
  for (const [name, host, request] of cases) {
    const inner = await hostNamed(host);
    const asked: string[] = [];
    const watched: Host = {
      ...inner,
      ask(command) {
        asked.push([command.program, ...command.args].join(' '));
        return inner.ask(command);
      },
    };
    await planDriver(factsOf(watched), { ...plain, ...request }, 'gpu-setup test');
    t.ok(asked.length > 5, `${name}: asked ${asked.length} times`);
    for (const line of asked) t.match(line, looking, `${name}: ${line}`);
  }
});

t.test('a machine that is as planned has nothing to do', async (t) => {
  const inner = await hostNamed('ubuntu-24.04-driver-580');
  const there: Readonly<Record<string, readonly string[]>> = {
    '/dev': ['nvidia0', 'nvidiactl'],
    '/usr/lib/x86_64-linux-gnu': ['libcuda.so.580.95.05', 'libnvidia-ml.so.580.95.05'],
  };
  const host: Host = {
    ...inner,
    list: async (path) => (there[path] ? { outcome: 'entries', names: there[path] } : inner.list(path)),
  };
  const plan = (await planDriver(factsOf(host), plain, 'gpu-setup test')) as Plan;
  t.ok(plan.steps.every(({ alreadyDone }) => alreadyDone === true));
  t.same(plan.needs, []);
  t.ok(plan.complete);
});

t.test('a driver that is installed and suits stays, also where the archive dropped its branch', async (t) => {
  const plan = await planOf('healthy-server');
  t.equal(plan.decisions.find(({ what }) => what === 'branch')?.choice, '570');
  const install = plan.steps.find(({ id }) => id === 'install-driver')!;
  t.match(install, { alreadyDone: true, params: { packages: ['nvidia-driver-570-server-open', 'nvidia-dkms-570-server-open'] } });
  const other = await planOf('healthy-server', { driver: '580' });
  t.match(
    other.steps.find(({ id }) => id === 'install-driver'),
    { alreadyDone: false, risk: 'disruptive' },
  );
  t.match(other.warnings.join('\n'), /apt will take out the open driver of branch 570/);
  t.equal(other.steps.at(-1)?.kind, 'reboot');
});

t.test('what stops a silent installer is seen to before it runs', async (t) => {
  const plan = await planOf('ubuntu-22.04-nouveau-secure-boot', { run: run580 });
  t.equal(plan.preflight.length, 4);
  const ids = [...plan.steps, ...plan.afterReboot].map(({ id }) => id);
  for (const { question, handledBy } of plan.preflight) for (const id of handledBy) t.ok(ids.includes(id), `${question} ${id}`);
  t.ok(ids.indexOf('reboot') < ids.indexOf('install-driver'), 'nouveau is gone before');
  t.ok(ids.indexOf('stop-display') < ids.indexOf('install-driver'), 'the X server is gone before');
});

t.test('a machine that can have no driver is refused with its reason', async (t) => {
  const table: readonly (readonly [string, Partial<DriverRequest>, 1 | 2, RegExp])[] = [
    ['debian-12-blackwell', {}, 1, /Debian 12 has no driver .* from 570 on/],
    ['ubuntu-22.04-kepler-ada', {}, 1, /No driver suits all GPUs.*470 or older.*520 or newer/],
    ['fedora-41-gpu', {}, 2, /Fedora Linux 41/],
    ['debian-12-blackwell', { run: parseRunFile('/root/NVIDIA-Linux-x86_64-535.261.03.run') }, 2, /535\.261\.03 does not drive/],
    ['debian-12-blackwell', { run: parseRunFile('/root/NVIDIA-Linux-aarch64-580.95.05.run') }, 2, /is for aarch64/],
    ['debian-12-blackwell', { run: run580, kernelModule: 'proprietary' }, 2, /proprietary kernel module of branch 580/],
    ['debian-12-h100', { from: 'run', driver: '580.1.1' }, 2, /No checksum is known of driver 580\.1\.1/],
    ['debian-12-h100', { driver: '550' }, 2, /no driver of branch 550/],
    ['debian-12-h100', { driver: '470' }, 2, /Branch 470 of Debian 12/],
    ['ubuntu-24.04-driver-580', { driver: '535' }, 2, /only a name for 580/],
    ['ubuntu-24.04-pascal', { kernelModule: 'open' }, 1, /no driver with the open kernel module/],
    ['ubuntu-24.04-pascal', { driver: '595' }, 2, /Branch 595/],
    ['debian-12-h100', { driver: '535.261.03' }, 2, /Cannot ask apt/],
  ];
  for (const [host, request, exitCode, reason] of table) {
    const [first] = (await refusalOf(host, request)).reasons;
    t.match(first.reason, reason, `${host}: ${first.reason}`);
    t.equal(first.exitCode, exitCode, first.reason);
    t.ok(first.hint, `${host}: has a hint`);
  }
});

t.test('a kernel whose headers the archive dropped is refused before apt fails over it', async (t) => {
  const host = await hostNamed('debian-12-h100');
  const saying = (stdout: string): Host => ({
    ...host,
    ask: async (command) => (command.args[0] === 'policy' ? { outcome: 'exited', code: 0, stdout, stderr: '' } : host.ask(command)),
  });
  const policy = (name: string) => `${name}:\n  Installed: (none)\n  Candidate: 6.1.176-1\n  Version table:\n     6.1.176-1 500\n`;
  const outcome = (stdout: string): Promise<{ outcome: string; reasons?: Refusal['reasons'] }> =>
    planDriver(factsOf(saying(stdout)), plain, 'gpu-setup test');
  const dropped = await outcome(policy('linux-headers-amd64'));
  t.match(dropped.reasons, [
    { exitCode: 1, reason: /no headers of the kernel 6\.1\.0-28-amd64/, hint: /linux-image-amd64 linux-headers-amd64/ },
  ]);
  t.equal((await outcome(policy('linux-headers-6.1.0-28-amd64') + policy('linux-headers-amd64'))).outcome, 'plan');
  t.equal((await outcome('')).outcome, 'plan', 'empty lists say nothing');
});

t.test('an exact version is pinned and held, where apt has it', async (t) => {
  const host = await hostNamed('ubuntu-24.04-pascal');
  const madison = ['nvidia-headless-580-server', 'nvidia-dkms-580-server']
    .flatMap((name) => [
      ` ${name} | 580.159.03-0ubuntu0.24.04.1 | http://x noble-updates`,
      ` ${name} | 580.95.05-0ubuntu0.24.04.2 | http://x noble`,
    ])
    .join('\n');
  const saying: Host = {
    ...host,
    ask: async (command) =>
      command.args[0] === 'madison' ? { outcome: 'exited', code: 0, stdout: madison, stderr: '' } : host.ask(command),
  };
  const planned = async (driver: string) => planDriver(factsOf(saying), { ...plain, driver }, 'gpu-setup test');
  const plan = (await planned('580.95.05')) as Plan;
  const install = plan.steps.find(({ id }) => id === 'install-driver')!;
  const version = '580.95.05-0ubuntu0.24.04.2';
  t.match(install.params, {
    packages: [`nvidia-headless-580-server=${version}`, `nvidia-dkms-580-server=${version}`, 'nvidia-utils-580-server'],
    hold: true,
  });
  t.match(install.commands.at(-1), { program: 'apt-mark', args: ['hold', 'nvidia-headless-580-server', 'nvidia-dkms-580-server'] });
  t.match(await planned('580.1.2'), {
    outcome: 'refused',
    reasons: [{ exitCode: 2, reason: /no nvidia-headless-580-server of version 580.1.2/ }],
  });
});

t.test('under Secure Boot the key is there before a module is built, and enrolled before the reboot', async (t) => {
  const host = await hostNamed('debian-12-h100');
  const secure: Host = {
    ...host,
    read: async (path, encoding) =>
      path.includes('/SecureBoot-') ? { outcome: 'text', text: '\u0006\0\0\0\u0001' } : host.read(path, encoding),
  };
  const plan = (await planDriver(factsOf(secure), plain, 'gpu-setup test')) as Plan;
  const ids = plan.steps.map(({ id }) => id);
  t.ok(ids.indexOf('create-signing-key') < ids.indexOf('install-driver'));
  t.same(ids.slice(-2), ['enrol-key', 'reboot']);
  t.same(plan.needs, ['root', 'network', 'reboot', 'console']);
  t.match(plan.steps.find(({ id }) => id === 'create-signing-key')?.commands, [{ program: 'openssl', args: ['req', '-new', '-x509'] }]);
  t.match(plan.steps.find(({ id }) => id === 'install-build-tools')?.summary, /openssl, mokutil/);

  const old: Host = {
    ...secure,
    read: async (path, encoding) =>
      path === '/etc/os-release'
        ? { outcome: 'text', text: 'ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Debian 11"\n' }
        : secure.read(path, encoding),
    list: host.list,
  };
  const kepler = { ...plain, assumeGpus: ['102d'] };
  const refused = await planDriver(
    factsOf({ ...old, list: async (path) => (path === '/sys/bus/pci/devices' ? { outcome: 'absent' } : host.list(path)) }),
    kepler,
    'x',
  );
  t.match(refused, { outcome: 'refused', reasons: [{ exitCode: 1, reason: /DKMS of Debian 11 signs no modules/ }] });
});

t.test('contradictions of the command line throw', async (t) => {
  await t.rejects(outcomeOf('debian-12-h100', { from: 'apt', run: run580 }), { message: /exclude each other/, exitCode: 2 });
  await t.rejects(outcomeOf('debian-12-h100', { driver: 'newest' }), { message: /no driver version/, exitCode: 2 });
  await t.rejects(outcomeOf('debian-12-h100', { driver: '570', run: run580 }), { message: /two drivers/, exitCode: 2 });
});

t.test('an assumed GPU is marked as such, and obstacles become warnings', async (t) => {
  const plan = await planOf('debian-12-h100', { assumeGpus: ['2684'] });
  t.match(plan.assumptions, ['the GPU 10de:2684 is taken for present, on your word']);
  t.match(plan.decisions.find(({ what }) => what === 'branch')?.why, /10de:2331 \(hopper\).*10de:2684 \(ada\)/);
  t.match(
    planText(plan, (_, word) => word),
    /^ASSUMED: the GPU 10de:2684/m,
  );
});
