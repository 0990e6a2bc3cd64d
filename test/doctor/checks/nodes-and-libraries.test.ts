import t from 'tap';
import { fabricManagerNotRunning } from '../../../src/doctor/checks/fabric-manager-not-running.js';
import { librariesMissing } from '../../../src/doctor/checks/libraries-missing.js';
import { mixedInstallers } from '../../../src/doctor/checks/mixed-installers.js';
import { nodesMissing } from '../../../src/doctor/checks/nodes-missing.js';
import { nodesNotAccessible } from '../../../src/doctor/checks/nodes-not-accessible.js';
import { nvidiaSmiFails } from '../../../src/doctor/checks/nvidia-smi-fails.js';
import { packagesIncomplete } from '../../../src/doctor/checks/packages-incomplete.js';
import { uvmNodeMissing } from '../../../src/doctor/checks/uvm-node-missing.js';
import { versionMismatch } from '../../../src/doctor/checks/version-mismatch.js';
import type { RecordedCommand } from '../../../src/host/snapshot-format.js';
import { ran } from '../../host/host-of.js';
import { libraries, loaded, onDisk, pciFunction, together, verdictOf } from './verdict-of.js';

const two = together(pciFunction('nvidia'), pciFunction('nvidia', { address: '0000:02:00.0' }));
const node = (name: string, mode = 0o666, kind: 'character-device' | 'file' = 'character-device') => ({
  status: {
    '/dev/null': { kind: 'character-device', mode: 0o666, uid: 0, gid: 0 },
    [`/dev/${name}` as const]: { kind, mode, uid: 0, gid: 44 },
  } as const,
});

t.test('driver/nodes-missing', async (t) => {
  t.match(await verdictOf(t, nodesMissing, together(two, node('null'))), {
    problem: { severity: 'blocker', summary: /nvidiactl and 2 of 2/ },
  });
  t.match(await verdictOf(t, nodesMissing, together(two, node('nvidia0'), node('nvidiactl'))), {
    problem: { severity: 'warning', summary: 'Missing in /dev: 1 of 2 GPU nodes' },
  });
  t.match(await verdictOf(t, nodesMissing, together(two, node('nvidia0'), node('nvidia1'))), {
    problem: { severity: 'blocker', summary: 'Missing in /dev: /dev/nvidiactl' },
  });
  t.match(await verdictOf(t, nodesMissing, together(two, node('nvidia0'), node('nvidia1'), node('nvidiactl'), node('nvidia-caps'))), {
    status: 'clear',
  });
  t.match(await verdictOf(t, nodesMissing, together(pciFunction(null), node('null'))), { status: 'not-applicable' });
});

t.test('driver/nodes-not-accessible', async (t) => {
  t.match(await verdictOf(t, nodesNotAccessible, together(two, node('nvidia0'), node('nvidiactl'))), { status: 'clear' });
  t.match(await verdictOf(t, nodesNotAccessible, together(two, node('nvidia0', 0o660))), {
    problem: {
      severity: 'warning',
      summary: /root and a group/,
      evidence: ['/dev/nvidia0: character-device, mode 0660, owner 0:44'],
      remedy: { commands: [/ls/, /usermod/] },
    },
  });
  t.match(await verdictOf(t, nodesNotAccessible, together(two, node('nvidia0', 0o600))), { problem: { summary: /Only root may/ } });
  t.match(await verdictOf(t, nodesNotAccessible, together(two, node('nvidia0', 0o666, 'file'))), {
    problem: { severity: 'blocker', summary: '/dev/nvidia0 is no device' },
  });
});

t.test('driver/uvm-node-missing', async (t) => {
  t.match(await verdictOf(t, uvmNodeMissing, together(two, node('nvidia0'))), { problem: { severity: 'warning' } });
  t.match(await verdictOf(t, uvmNodeMissing, together(two, node('nvidia-uvm'))), { status: 'clear' });
});

t.test('driver/libraries-missing', async (t) => {
  const only = { files: { '/usr/lib64/libnvidia-ml.so.550.1': '' } } as const;
  t.match(await verdictOf(t, librariesMissing, together(two, libraries('550.1'))), { status: 'clear' });
  t.match(await verdictOf(t, librariesMissing, together(two, only)), {
    problem: { severity: 'blocker', summary: 'libcuda is not installed' },
  });
  t.match(await verdictOf(t, librariesMissing, two), { problem: { summary: 'libcuda and libnvidia-ml are not installed' } });
});

t.test('driver/version-mismatch', async (t) => {
  const verdict = (now: string, disk: string, ...space: readonly string[]) =>
    verdictOf(t, versionMismatch, together(two, loaded(now), onDisk(disk), ...space.map(libraries)));
  t.match(await verdict('550.144.03', '550.144.03', '550.144.03'), { status: 'clear' });
  t.match(await verdict('550.127.05', '550.144.03', '550.144.03'), {
    problem: { severity: 'blocker', remedy: { commands: ['sudo systemctl reboot'] } },
  });
  t.match(await verdict('550.144', '550.144.03', '550.144.03'), { problem: { severity: 'blocker' } }, 'to the last digit');
  t.match(await verdict('550.144.03', '570.124.06', '550.144.03'), { problem: { severity: 'warning', summary: /next boot/ } });
  t.match(await verdict('550.144.03', '550.144.03', '550.144.03', '535.54.03'), {
    problem: { severity: 'warning', summary: /several drivers/ },
  });
  t.match(await verdict('550.127.05', '550.127.05', '550.144.03'), { problem: { severity: 'blocker', remedy: { automatic: true } } });
});

t.test('driver/nvidia-smi-fails', async (t) => {
  const argv = ['nvidia-smi', '--query-gpu=index,pci.bus_id,name,driver_version,memory.total', '--format=csv,noheader,nounits'] as const;
  const verdict = (command: RecordedCommand) => verdictOf(t, nvidiaSmiFails, together(two, { commands: [command] }));
  const line = (index: number) => `${index}, 00000000:0${index + 1}:00.0, NVIDIA H200, 570.1, 143771\n`;
  t.match(await verdict(ran(argv, line(0) + line(1))), {
    status: 'clear',
    summary: 'nvidia-smi sees 2 GPUs',
    evidence: [/NVIDIA H200.*143771 MiB/, /./],
  });
  t.match(await verdict(ran(argv, line(0))), { problem: { severity: 'warning', summary: 'nvidia-smi sees 1 of 2 GPUs' } });
  t.match(await verdict(ran(argv, 'No devices were found\n')), { problem: { severity: 'blocker' } });
  t.match(await verdict(ran(argv, 'Failed to initialize NVML\n', 18)), {
    problem: {
      severity: 'blocker',
      summary: 'nvidia-smi ended with 18: library and kernel module have different versions',
      evidence: ['nvidia-smi: Failed to initialize NVML'],
    },
  });
  t.match(await verdict(ran(argv, '', 15, 'lost\n')), { problem: { summary: /the GPU is lost/, remedy: { needs: ['root', 'reboot'] } } });
  t.match(await verdict({ argv, outcome: 'timed-out', ms: 30_000 }), { problem: { severity: 'blocker', summary: /no answer in 30 s/ } });
  t.match(await verdictOf(t, nvidiaSmiFails, two), { problem: { severity: 'warning', summary: 'nvidia-smi is not installed' } });
  t.match(await verdictOf(t, nvidiaSmiFails, { ...two, programsComplete: false }), { status: 'undetermined' });
});

t.test('driver/fabric-manager-not-running', async (t) => {
  const hgx = together(two, pciFunction(null, { address: '0000:05:00.0', pciClass: '068000', device: '22a3' }));
  const unit = (word: string, code: number) => ({ commands: [ran(['systemctl', 'is-active', 'nvidia-fabricmanager'], `${word}\n`, code)] });
  t.match(await verdictOf(t, fabricManagerNotRunning, two), { status: 'not-applicable' });
  t.match(await verdictOf(t, fabricManagerNotRunning, together(hgx, unit('active', 0))), { status: 'clear' });
  t.match(await verdictOf(t, fabricManagerNotRunning, together(hgx, unit('inactive', 3))), {
    problem: { severity: 'blocker', summary: /1 NVSwitch\b.* is inactive/ },
  });
  t.match(await verdictOf(t, fabricManagerNotRunning, hgx), { status: 'undetermined' }, 'no systemd to ask');
});

const packages = (...entries: readonly (readonly [string, string])[]) => ({
  files: {
    '/var/lib/dpkg/status': entries.map(([name, state]) => `Package: ${name}\nStatus: install ok ${state}\nVersion: 550.1\n`).join('\n'),
  },
});

t.test('driver/packages-incomplete', async (t) => {
  t.match(await verdictOf(t, packagesIncomplete, packages(['gcc', 'installed'])), { status: 'not-applicable' });
  t.match(await verdictOf(t, packagesIncomplete, packages(['nvidia-driver-550', 'installed'])), { status: 'clear' });
  t.match(await verdictOf(t, packagesIncomplete, packages(['nvidia-driver-550', 'unpacked'], ['nvidia-dkms-550', 'half-configured'])), {
    problem: {
      severity: 'warning',
      summary: '2 packages are only half installed',
      evidence: ['nvidia-driver-550 550.1', 'nvidia-dkms-550 550.1'],
    },
  });
  t.match(await verdictOf(t, packagesIncomplete, {}), { status: 'undetermined' }, 'another package manager');
});

t.test('driver/mixed-installers', async (t) => {
  const byHand = { files: { '/var/lib/nvidia/log': '' } };
  t.match(await verdictOf(t, mixedInstallers, packages(['nvidia-driver-550', 'installed'])), { status: 'not-applicable' });
  t.match(await verdictOf(t, mixedInstallers, together(byHand, packages(['nvidia-settings', 'installed']))), { status: 'clear' });
  t.match(await verdictOf(t, mixedInstallers, together(byHand, packages(['nvidia-driver-550', 'installed']))), {
    problem: { severity: 'warning', remedy: { commands: [/nvidia-uninstall/, 'sudo apt-get install --reinstall nvidia-driver-550'] } },
  });
});
