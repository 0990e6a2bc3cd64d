import t from 'tap';
import { factsOf } from '../../../src/doctor/fact.js';
import { parseCgroup } from '../../../src/doctor/facts/gpu-holders.js';
import { hybridGraphics } from '../../../src/doctor/facts/hybrid-graphics.js';
import { multilib } from '../../../src/doctor/facts/multilib.js';
import { planDriver } from '../../../src/setup/driver/plan-driver.js';
import type { DriverRequest } from '../../../src/setup/driver/request.js';
import { parsePlan } from '../../../src/setup/parse-plan.js';
import type { Plan, PlannedStep, Refusal } from '../../../src/setup/plan.js';
import { checkDriver } from '../../../src/setup/steps/check-driver.js';
import { type Machine, machine } from '../rooted-machine.js';
import { installerFile } from './installer-file.js';

const release = '6.1.0-28-amd64';
const gpu = '/sys/bus/pci/devices/0000:01:00.0';
const run = '/root/NVIDIA-Linux-x86_64-580.95.05.run';
const base: Readonly<Record<string, string | Buffer>> = {
  '/etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n',
  '/etc/machine-id': '0123456789abcdef0123456789abcdef\n',
  '/proc/sys/kernel/random/boot_id': 'b1f0c7d2-6a55-4e0f-9d3c-0c2f6a4d1e01\n',
  '/proc/sys/kernel/osrelease': `${release}\n`,
  '/proc/version': 'Linux version 6.1\n',
  '/proc/modules': 'nvidia_uvm 1 0 - Live 0x0\nnvidia 1 2 nvidia_uvm,gdrdrv, Live 0x0\ngdrdrv 1 0 - Live 0x0\n',
  '/proc/cmdline': 'ro\n',
  '/proc/driver/nvidia/version': 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.86.16  x\n',
  [`/lib/modules/${release}/kernel/x`]: '',
  [`/lib/modules/${release}/build/Makefile`]: '',
  '/var/lib/dpkg/status': '',
  [`${gpu}/vendor`]: '0x10de\n',
  [`${gpu}/device`]: '0x2684\n',
  [`${gpu}/class`]: '0x030000\n',
  [run]: installerFile(),
};
const plain: Machine = {
  files: base,
  links: { [`${gpu}/driver`]: '../../bus/pci/drivers/nvidia' },
  says: { 'systemd-detect-virt': 'none\n', 'uname -m': 'x86_64\n' },
};
const request: DriverRequest = {
  dkms: true,
  from: undefined,
  run: { path: run, architecture: 'x86_64', version: '580.95.05' },
  driver: undefined,
  kernelModule: 'auto',
  openglFiles: undefined,
  assumeGpus: [],
};
const with_ = (
  files: Machine['files'],
  links: Readonly<Record<string, string>> = {},
  says: Readonly<Record<string, string>> = {},
): Machine => ({
  files: { ...plain.files, ...files },
  links: { ...plain.links, ...links },
  says: { ...plain.says, ...says },
});
async function planned(t: Parameters<typeof machine>[0], made: Machine, more: Partial<DriverRequest> = {}): Promise<Plan> {
  const plan: Plan | Refusal = await planDriver(factsOf(machine(t, made)), { ...request, ...more }, 'gpu-setup test');
  if (plan.outcome === 'refused') throw new Error(plan.reasons[0].reason);
  return parsePlan(JSON.stringify(plan), 'plan.json');
}
const stepOf = ({ steps }: Plan, id: string): PlannedStep => steps.find((each) => each.id === id)!;
/** A process that has the GPU open, in this control group. */
const holder = (pid: number, name: string, cgroup: string) =>
  [
    { [`/proc/${pid}/comm`]: `${name}\n`, [`/proc/${pid}/cgroup`]: `0::${cgroup}\n`, [`/proc/${pid}/fd/3`]: '' },
    { [`/proc/${pid}/fd/3`]: '/dev/nvidia0' },
  ] as const;

t.test('whoever keeps the module in use is stopped and started again, users of the module before it', async (t) => {
  const [files, links] = holder(77, 'dcgm-exporter', '/system.slice/dcgm-exporter.service');
  const plan = await planned(t, with_(files, links));
  const ids = plan.steps.map(({ id }) => id);
  t.ok(ids.indexOf('stop-dcgm-exporter') < ids.indexOf('unload-modules'), ids.join(' '));
  t.ok(ids.indexOf('install-driver') < ids.indexOf('start-dcgm-exporter'));
  t.match(
    stepOf(plan, 'unload-modules').commands.map(({ args }) => args[0]),
    ['gdrdrv', 'nvidia_uvm', 'nvidia'],
  );
  t.match(plan.preflight[1], { found: /in use by dcgm-exporter \(process 77\)/, handledBy: ['stop-dcgm-exporter', 'unload-modules'] });
  t.equal(ids.at(-1), 'check-driver');
  t.match(stepOf(plan, 'check-driver').params, { version: '580.95.05', gpus: 1 });
});

t.test('whom no step may end is named, with what to do', async (t) => {
  const container = holder(78, 'python3', `/system.slice/docker-${'3f4c'.repeat(16)}.scope`);
  await t.rejects(planned(t, with_(...container)), { message: /The container 3f4c3f4c3f4c has the GPU open \(python3, process 78\)/ });
  const person = holder(79, 'sway', '/user.slice/user-1000.slice/session-2.scope');
  await t.rejects(planned(t, with_(...person)), { message: /sway \(process 79\) has the GPU open/ });
  // It ends with the desktop that is stopped.
  const desktop = { '/etc/systemd/system/display-manager.service': '/usr/lib/systemd/system/gdm3.service' };
  t.ok(stepOf(await planned(t, with_(person[0], { ...person[1], ...desktop })), 'stop-display'));
});

t.test("an X server without a display manager: its service is stopped, somebody's session is not", async (t) => {
  const files = { '/tmp/.X0-lock': '      1234\n', '/proc/1234/comm': 'Xorg\n' };
  const served = await planned(t, with_({ ...files, '/proc/1234/cgroup': '0::/system.slice/nodm.service\n' }));
  t.match(stepOf(served, 'stop-display').params, { unit: 'nodm.service' });
  t.match(stepOf(served, 'start-display').params, { unit: 'nodm.service' });
  await t.rejects(planned(t, with_({ ...files, '/proc/1234/cgroup': '0::/user.slice/user-1000.slice/session-1.scope\n' })), {
    message: /An X server runs that no display manager started \(process 1234\)/,
  });
});

t.test('hybrid graphics get no OpenGL of the installer, and the plan says why; 32-bit programs get their libraries', async (t) => {
  const intel = '/sys/bus/pci/devices/0000:00:02.0';
  const hybrid = { [`${intel}/vendor`]: '0x8086\n', [`${intel}/class`]: '0x030000\n', [`${intel}/boot_vga`]: '1\n' };
  const args = (plan: Plan) => stepOf(plan, 'install-driver').commands[0]!.args;
  const plan = await planned(t, with_(hybrid));
  t.ok(args(plan).includes('--no-opengl-files'));
  t.match(
    plan.decisions.find(({ what }) => what === 'libraries')?.why,
    /hybrid graphics: Intel at 0000:00:02\.0 shows the desktop.*`--opengl-files`/,
  );
  t.notOk(args(await planned(t, with_(hybrid), { openglFiles: true })).includes('--no-opengl-files'));
  t.notOk(
    args(await planned(t, with_({ ...hybrid, [`${intel}/boot_vga`]: '0\n' }))).includes('--no-opengl-files'),
    'the NVIDIA GPU shows it',
  );
  t.notOk(args(plan).includes('--install-compat32-libs'));
  t.ok(args(await planned(t, with_({ '/lib/ld-linux.so.2': '' }))).includes('--install-compat32-libs'));
  t.notOk(args(plan).some((word) => /xconfig/.test(word)));
  t.match(await factsOf(machine(t, with_(hybrid))).of(hybridGraphics), { known: true, value: { maker: 'Intel' } });
  t.match(await factsOf(machine(t, plain)).of(hybridGraphics), { known: true, value: null });
  t.match(await factsOf(machine(t, with_({}, {}, { 'uname -m': 'aarch64\n' }))).of(multilib), { known: true, value: null });
});

t.test("a distribution's hook is overruled where no package of it is here, and taken away with the packages where one is", async (t) => {
  const hook = { '/usr/lib/nvidia/alternate-install-present': 'use the packages\n' };
  const alone = await planned(t, with_(hook));
  t.ok(stepOf(alone, 'install-driver').commands[0]!.args.includes('--no-check-for-alternate-installs'));
  t.match(alone.preflight[3], { found: '/usr/lib/nvidia/alternate-install-present', handledBy: ['install-driver'] });
  const package_ = 'Package: nvidia-kernel-dkms\nStatus: install ok installed\nVersion: 535.261.03-1\n\n';
  t.match((await planned(t, with_({ ...hook, '/var/lib/dpkg/status': package_ }))).preflight[3], { handledBy: ['remove-driver-packages'] });
});

t.test('on NVSwitch the fabric manager of the very same version comes with the driver, or the plan says that there is none', async (t) => {
  const bridge = '/sys/bus/pci/devices/0000:05:00.0';
  const ubuntu = {
    '/etc/os-release': 'ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04"\n',
    [`${gpu}/device`]: '0x2330\n',
    [`${bridge}/vendor`]: '0x10de\n',
    [`${bridge}/device`]: '0x22a3\n',
    [`${bridge}/class`]: '0x068000\n',
    '/proc/modules': 'ext4 1 0 - Live 0x0\n',
    '/proc/driver/nvidia/version': '',
  };
  const says = {
    'apt-cache policy nvidia-fabricmanager-580': 'nvidia-fabricmanager-580:\n  Installed: (none)\n  Candidate: 580.159.03-1\n',
    'apt-cache madison nvidia-headless-580-server-open': ' nvidia-headless-580-server-open | 580.95.05-0ubuntu1 | http://x noble\n',
    'apt-cache madison nvidia-fabricmanager-580':
      ' nvidia-fabricmanager-580 | 580.159.03-1 | http://x noble\n nvidia-fabricmanager-580 | 580.95.05-1 | http://x noble\n',
  };
  const packages = { run: undefined, driver: '580' };
  const plan = await planned(t, with_(ubuntu, {}, says), packages);
  t.match(stepOf(plan, 'install-fabric-manager').params, { packages: ['nvidia-fabricmanager-580=580.95.05-1'] });
  t.match(stepOf(plan, 'start-fabric-manager').params, { unit: 'nvidia-fabricmanager.service' });
  const none = await planned(
    t,
    with_(ubuntu, {}, { ...says, 'apt-cache madison nvidia-fabricmanager-580': ' nvidia-fabricmanager-580 | 580.159.03-1 | http://x\n' }),
    packages,
  );
  t.notOk(stepOf(none, 'install-fabric-manager'));
  t.match(none.warnings.join('\n'), /fabric manager of the very same driver version/);
});

t.test('a driver works when module, libraries and nodes are of one version', async (t) => {
  const params = { version: '580.95.05', gpus: 1 };
  const files = {
    '/proc/driver/nvidia/version': 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.95.05  x\n',
    '/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.580.95.05': '',
    '/dev/nvidiactl': '',
    '/dev/nvidia0': '',
  };
  t.equal(await checkDriver.isDone(params, machine(t, with_(files))), 'done');
  t.equal(await checkDriver.isDone({ ...params, gpus: 2 }, machine(t, with_(files))), 'not-done', 'one node for two GPUs');
  const mixed = with_({ ...files, '/usr/lib/x86_64-linux-gnu/libcuda.so.570.86.16': '' });
  t.equal(await checkDriver.isDone(params, machine(t, mixed)), 'not-done', 'a library of another version');
  t.equal(await checkDriver.isDone({ ...params, version: '580.82.07' }, machine(t, with_(files))), 'not-done');
  const unused = {
    ...machine(t, mixed),
    write: async () => undefined,
    remove: async () => undefined,
    removeEmptyDirectory: async () => undefined,
    setMode: async () => undefined,
    execute: async () => ({ outcome: 'absent' }) as const,
  };
  await t.rejects(checkDriver.change.apply(params, null, unused), {
    message: /module is of driver 580\.95\.05, and .*libcuda\.so\.570\.86\.16 is of another/,
  });
});

t.test('what a process belongs to', async (t) => {
  t.same(parseCgroup('0::/system.slice/lightdm.service\n'), { kind: 'service', unit: 'lightdm.service' });
  t.same(parseCgroup('12:pids:/x\n1:name=systemd:/system.slice/nvidia-dcgm.service\n'), { kind: 'service', unit: 'nvidia-dcgm.service' });
  t.same(parseCgroup('0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.service\n'), { kind: 'session' });
  t.match(parseCgroup(`0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${'ab'.repeat(32)}.scope\n`), {
    kind: 'container',
    id: 'abababababab',
  });
  t.match(parseCgroup('0::/machine.slice/libpod-0123456789abcdef0123.scope\n'), { kind: 'container' });
});
