import t from 'tap';
import { gccTooNew } from '../../../src/doctor/checks/gcc-too-new.js';
import { hmmInitFailed } from '../../../src/doctor/checks/hmm-init-failed.js';
import { nextKernelWithoutModule } from '../../../src/doctor/checks/next-kernel-without-module.js';
import { noGcc } from '../../../src/doctor/checks/no-gcc.js';
import { noNvidiaGpu } from '../../../src/doctor/checks/no-nvidia-gpu.js';
import { tfjsWithoutGpu } from '../../../src/doctor/checks/tfjs-without-gpu.js';
import { uvmNodeMissing } from '../../../src/doctor/checks/uvm-node-missing.js';
import { ran } from '../../host/host-of.js';
import { loaded, onDisk, pciFunction, release, together, verdictOf } from './verdict-of.js';

t.test('driver/hmm-init-failed', async (t) => {
  const log = (line: string) =>
    together(pciFunction('nvidia'), { commands: [ran(['dmesg'], `[    0.000000] Linux version 6.8\n${line}\n`)] });
  const failed = log('[   64.6] nvidia-uvm: uvm_pmm_gpu.c:3176 devmem_alloc_pagemap[pid:92821] request_free_mem_region() err -34');
  t.match(await verdictOf(t, hmmInitFailed, failed), { problem: { severity: 'blocker', evidence: [/^dmesg:2: nvidia-uvm/] } });
  const off = { files: { '/sys/module/nvidia_uvm/parameters/uvm_disable_hmm': 'Y\n' } } as const;
  t.match(await verdictOf(t, hmmInitFailed, together(failed, off)), { status: 'clear' });
  t.match(await verdictOf(t, hmmInitFailed, log('[   64.6] nvidia-uvm: Loaded the UVM driver, major device number 508.')), {
    status: 'clear',
  });
});

t.test('a driver whose modules come built needs no compiler', async (t) => {
  const packages = (...names: readonly string[]) => ({
    files: {
      '/var/lib/dpkg/status': names.map((name) => `Package: ${name}\nStatus: install ok installed\nVersion: 1-1\n`).join('\n'),
    } as const,
  });
  const at = (path: `/${string}`) => ({
    files: { [path]: '' },
    commands: [ran(['modinfo', path], `version:        570.133.07\nlicense:        Dual MIT/GPL\n`)],
  });
  const machine = (path: `/${string}`, ...names: readonly string[]) =>
    together(pciFunction('nvidia'), loaded('570.133.07'), at(path), packages(...names));
  const built = `/lib/modules/${release}/kernel/nvidia-570-open/nvidia.ko` as const;
  t.match(await verdictOf(t, noGcc, machine(built, 'linux-modules-nvidia-570-open')), { problem: { severity: 'note' } });
  const extra = `/lib/modules/${release}/extra/nvidia/nvidia.ko.xz` as const;
  t.match(await verdictOf(t, noGcc, machine(extra)), { problem: { severity: 'note' } });
  t.match(await verdictOf(t, noGcc, machine(extra, 'akmod-nvidia')), { problem: { severity: 'warning' } }, 'akmods builds');
  t.match(
    await verdictOf(t, noGcc, machine(`/lib/modules/${release}/kernel/drivers/video/nvidia.ko`)),
    { problem: { severity: 'warning' } },
    '.run built',
  );
  const dkms = together(machine(built), { commands: [ran(['dkms', 'status'], `nvidia/570.133.07, ${release}, x86_64: installed\n`)] });
  t.match(await verdictOf(t, noGcc, dkms), { problem: { severity: 'warning' } }, 'DKMS builds');
});

t.test('akmods builds at the boot what DKMS would have built before', async (t) => {
  const next = { files: { '/lib/modules/6.8.0-49-generic/modules.builtin': '' } } as const;
  const akmod = { files: { '/var/lib/dpkg/status': 'Package: akmod-nvidia\nStatus: install ok installed\nVersion: 1-1\n' } } as const;
  const machine = together(pciFunction('nvidia'), onDisk('550.144.03'), next);
  t.match(await verdictOf(t, nextKernelWithoutModule, machine), { problem: { severity: 'warning' } });
  t.match(await verdictOf(t, nextKernelWithoutModule, together(machine, akmod)), {
    problem: { severity: 'note', remedy: { commands: [/./, 'sudo akmods --kernels 6.8.0-49-generic'] } },
  });
});

t.test('a Jetson has its GPU inside', async (t) => {
  const empty = { directories: { '/sys/bus/pci/devices': [] }, files: { '/proc/sys/kernel/osrelease': '5.15.148-tegra\n' } } as const;
  t.match(await verdictOf(t, noNvidiaGpu, empty), { problem: { severity: 'blocker' } });
  const tree = { files: { '/proc/device-tree/compatible': 'nvidia,p3737-0000+p3701-0005\0nvidia,tegra234\0' } } as const;
  t.match(await verdictOf(t, noNvidiaGpu, together(empty, tree)), { status: 'not-applicable', why: /Jetson/ });
  const board = { files: { '/proc/device-tree/compatible': 'raspberrypi,5-model-b\0brcm,bcm2712\0' } } as const;
  t.match(await verdictOf(t, noNvidiaGpu, together(empty, board)), { problem: { severity: 'blocker' } });
});

t.test('/dev/nvidia-uvm may be missing where nvidia-modprobe makes it', async (t) => {
  const machine = together(pciFunction('nvidia'), {
    status: {
      '/dev/null': { kind: 'character-device', mode: 0o666, uid: 0, gid: 0 },
      '/dev/nvidiactl': { kind: 'character-device', mode: 0o666, uid: 0, gid: 0 },
    },
  });
  t.match(await verdictOf(t, uvmNodeMissing, machine), { problem: { severity: 'warning' } });
  t.match(await verdictOf(t, uvmNodeMissing, together(machine, { directories: { '/usr/bin': ['nvidia-modprobe'] } })), {
    problem: { severity: 'note', evidence: ['no nvidia-uvm in /dev', '/usr/bin/nvidia-modprobe'] },
  });
});

t.test('another gcc that nvcc takes, or is told to take', async (t) => {
  const machine = {
    files: { '/usr/local/cuda-12.4/version.json': '{"cuda": {"version": "12.4.1"}}', '/usr/local/cuda-12.4/bin/nvcc': '' },
    commands: [ran(['gcc', '--version'], 'gcc (GCC) 14.2.1\n')],
  } as const;
  t.match(await verdictOf(t, gccTooNew, machine), { problem: { severity: 'warning' } });
  const beside = (name: string) => ({ directories: { '/usr/bin': [name] } });
  t.match(await verdictOf(t, gccTooNew, together(machine, beside('g++-13'))), {
    problem: { severity: 'note', remedy: { commands: ['export NVCC_CCBIN=/usr/bin/g++-13'] } },
  });
  t.match(await verdictOf(t, gccTooNew, together(machine, beside('g++-14'))), { problem: { severity: 'warning' } });
  t.match(await verdictOf(t, gccTooNew, together(machine, { commands: [ran(['printenv', 'NVCC_CCBIN'], 'g++-13\n')] })), {
    status: 'clear',
  });
});

t.test('node/tfjs-without-gpu', async (t) => {
  const addon = (name: string) => ({ files: { [`/usr/lib/node_modules/@tensorflow/${name}/package.json`]: '{"version": "4.22.0"}' } });
  const uname = (machine: string) => ({ commands: [ran(['uname', '-m'], `${machine}\n`)] });
  t.match(await verdictOf(t, tfjsWithoutGpu, together(addon('tfjs-node-gpu'), uname('aarch64'))), { problem: { severity: 'warning' } });
  t.match(await verdictOf(t, tfjsWithoutGpu, together(addon('tfjs-node-gpu'), uname('x86_64'))), { status: 'clear' });
  t.match(await verdictOf(t, tfjsWithoutGpu, together(addon('tfjs-node'), uname('aarch64'))), { status: 'not-applicable' });
});
