import t from 'tap';
import { gpuOwnedByOtherDriver } from '../../../src/doctor/checks/gpu-owned-by-other-driver.js';
import { noNvidiaGpu } from '../../../src/doctor/checks/no-nvidia-gpu.js';
import { nouveauLoaded } from '../../../src/doctor/checks/nouveau-loaded.js';
import { nouveauNotBlacklisted } from '../../../src/doctor/checks/nouveau-not-blacklisted.js';
import { pciRegionsUnassigned } from '../../../src/doctor/checks/pci-regions-unassigned.js';
import { ran } from '../../host/host-of.js';
import { pciFunction, release, together, verdictOf } from './verdict-of.js';

const gpu = pciFunction(null);
const second = { address: '0000:02:00.0' };

t.test('host/no-nvidia-gpu', async (t) => {
  t.match(await verdictOf(t, noNvidiaGpu, gpu), { status: 'clear', summary: '1 NVIDIA GPU' });
  t.match(
    await verdictOf(t, noNvidiaGpu, pciFunction('snd_hda_intel', { pciClass: '040300' })),
    { status: 'found' },
    'its sound chip alone is no GPU',
  );
  t.match(await verdictOf(t, noNvidiaGpu, { complete: [] }), { status: 'undetermined' }, 'nobody could look');
  const windows = { files: { '/proc/version': 'Linux version 5.15.153.1-microsoft-standard-WSL2\n' } };
  t.match(await verdictOf(t, noNvidiaGpu, windows), { status: 'not-applicable', why: /WSL/ });
  for (const [word, advice] of [
    ['docker', /--gpus all/],
    ['kvm', /pass one through/],
    ['none', /slot/],
  ] as const) {
    const machine = { files: { '/proc/version': 'Linux version 6.8.0\n' }, commands: [ran(['systemd-detect-virt'], `${word}\n`)] };
    t.match(await verdictOf(t, noNvidiaGpu, machine), { problem: { severity: 'blocker', remedy: { summary: advice } } }, word);
  }
});

t.test('host/pci-regions-unassigned', async (t) => {
  t.match(await verdictOf(t, pciRegionsUnassigned, gpu), { status: 'clear' });
  const zeros = '0x0000000000000000 0x0000000000000000 0x0000000000000000\n'.repeat(6);
  const empty = together(gpu, { files: { '/sys/bus/pci/devices/0000:01:00.0/resource': zeros } });
  t.match(await verdictOf(t, pciRegionsUnassigned, empty), {
    problem: { severity: 'blocker', evidence: [/0000:01:00\.0\/resource holds only zeros/] },
  });
  t.match(await verdictOf(t, pciRegionsUnassigned, together(empty, pciFunction('nvidia', second))), { problem: { severity: 'warning' } });
  t.match(await verdictOf(t, pciRegionsUnassigned, { files: { '/proc/version': 'Linux version 6.8.0\n' } }), { status: 'not-applicable' });
});

t.test('kernel/nouveau-loaded', async (t) => {
  const modules = { files: { '/proc/modules': 'nouveau 2 4 - Live 0x0\n' } };
  t.match(await verdictOf(t, nouveauLoaded, gpu), { status: 'clear' });
  const bound = await verdictOf(t, nouveauLoaded, together(pciFunction('nouveau'), modules));
  t.match(bound, {
    problem: { severity: 'blocker', remedy: { commands: [/tee \/etc\/modprobe\.d/, 'sudo update-initramfs -u -k all', /reboot/] } },
  });
  const forbidden = { files: { '/etc/modprobe.d/x.conf': 'blacklist nouveau\n' } };
  const stale = await verdictOf(t, nouveauLoaded, together(pciFunction('nouveau'), modules, forbidden));
  t.match(stale, { problem: { remedy: { summary: /forbidden already/, commands: ['sudo update-initramfs -u -k all', /reboot/] } } });
  t.match(stale.status === 'found' && stale.problem.evidence.join('\n'), /x\.conf:1: blacklist nouveau \(and it was loaded all the same/);
  t.match(await verdictOf(t, nouveauLoaded, together(gpu, modules)), { problem: { severity: 'warning', summary: /owns no GPU/ } });
  t.match(await verdictOf(t, nouveauLoaded, together(pciFunction('nouveau'), pciFunction('nvidia', second), modules)), {
    problem: { severity: 'warning' },
  });
});

t.test('kernel/nouveau-not-blacklisted', async (t) => {
  const there = { files: { [`/lib/modules/${release}/kernel/drivers/gpu/drm/nouveau/nouveau.ko.zst` as const]: '' } };
  t.match(await verdictOf(t, nouveauNotBlacklisted, gpu), { status: 'clear', summary: /has no nouveau/ });
  t.match(await verdictOf(t, nouveauNotBlacklisted, together(gpu, there)), { problem: { severity: 'warning' } });
  t.match(await verdictOf(t, nouveauNotBlacklisted, together(gpu, there, { files: { '/proc/cmdline': 'modprobe.blacklist=nouveau' } })), {
    status: 'clear',
    evidence: ['/proc/cmdline: modprobe.blacklist=nouveau'],
  });
  const half = { files: { '/etc/modprobe.d/x.conf': 'options nouveau modeset=0\n' } };
  t.match(
    await verdictOf(t, nouveauNotBlacklisted, together(gpu, there, half)),
    { status: 'found' },
    'modeset=0 alone keeps nothing from loading',
  );
});

t.test('kernel/gpu-owned-by-other-driver', async (t) => {
  t.match(await verdictOf(t, gpuOwnedByOtherDriver, gpu), { status: 'clear' });
  t.match(await verdictOf(t, gpuOwnedByOtherDriver, pciFunction('nvidia')), { status: 'clear' });
  t.match(await verdictOf(t, gpuOwnedByOtherDriver, pciFunction('nova_core')), {
    problem: {
      severity: 'blocker',
      summary: 'nova_core owns 0000:01:00.0',
      remedy: { commands: [/nova_core\\nblacklist nova_drm/, /initramfs/, /reboot/] },
    },
  });
  const passed = together(pciFunction('vfio-pci'), { files: { '/proc/cmdline': 'vfio-pci.ids=10de:2331' } });
  t.match(await verdictOf(t, gpuOwnedByOtherDriver, passed), {
    problem: { severity: 'blocker', evidence: [/-> vfio-pci/, '/proc/cmdline: vfio-pci.ids=10de:2331'] },
  });
  t.match(
    await verdictOf(t, gpuOwnedByOtherDriver, together(passed, pciFunction('nvidia', second))),
    { problem: { severity: 'warning' } },
    'one of two',
  );
  const hidden = together(gpu, { unavailable: { '/sys/bus/pci/devices/0000:01:00.0/driver': 'permission denied' } });
  t.match(await verdictOf(t, gpuOwnedByOtherDriver, hidden), { status: 'undetermined' });
});
