import t from 'tap';
import { checks } from '../../src/doctor/checks/index.js';
import { examine } from '../../src/doctor/examine.js';
import { factsOf } from '../../src/doctor/fact.js';
import { hostOf, type Machine, ran } from '../host/host-of.js';

const gpu = '/sys/bus/pci/devices/0000:17:00.0';
/** A container sees the PCI bus and the modules of the machine outside, and has files of its own. */
const container: Machine = {
  files: {
    '/.dockerenv': '',
    '/etc/os-release': 'ID=ubuntu\nID_LIKE=debian\nPRETTY_NAME="Ubuntu 24.04.1 LTS"\n',
    '/proc/sys/kernel/osrelease': '6.8.0-45-generic\n',
    '/proc/version': 'Linux version 6.8.0-45-generic (buildd@lcy02) (gcc-13 (Ubuntu 13.2.0) 13.2.0, GNU ld 2.42) #45\n',
    '/proc/cmdline': 'quiet\n',
    '/proc/cpuinfo': 'flags : fpu\n',
    [`${gpu}/vendor`]: '0x10de\n',
    [`${gpu}/device`]: '0x2335\n',
    [`${gpu}/class`]: '0x030200\n',
    [`${gpu}/resource`]: '0x000000c000000000 0x000000c003ffffff 0x000000000014220c\n',
  },
  directories: { '/dev': ['null'], '/usr/lib/x86_64-linux-gnu': [] },
};
const withDriver: Machine = {
  ...container,
  files: {
    ...container.files,
    '/proc/modules': 'nvidia_uvm 4956160 0 - Live 0x0\nnvidia 54571008 1 nvidia_uvm, Live 0x0\n',
    '/proc/driver/nvidia/version': 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.124.06  Release Build\n',
  },
  links: { [`${gpu}/driver`]: '../../../bus/pci/drivers/nvidia' },
};
const node = { kind: 'character-device', mode: 0o666, uid: 0, gid: 0, major: 195, minor: 0 } as const;

async function examined(t: { testdir(): string }, machine: Machine) {
  const { findings, firstBroken } = await examine(factsOf(await hostOf(t, machine)), { checks });
  const found = findings.filter(({ status }) => status === 'found');
  const commands = found.flatMap(({ remedy }) => remedy?.commands ?? []);
  return { findings, firstBroken, found, commands };
}

t.test('a container that was handed a GPU has no broken link, and no warning about a kernel that is not its own', async (t) => {
  const { found, firstBroken } = await examined(t, {
    ...withDriver,
    directories: {
      '/dev': ['nvidia-uvm', 'nvidia0', 'nvidiactl'],
      '/usr/lib/x86_64-linux-gnu': ['libcuda.so.570.124.06', 'libnvidia-ml.so.570.124.06'],
    },
    status: { '/dev/nvidia0': node, '/dev/nvidiactl': node, '/dev/nvidia-uvm': node },
    commands: [
      ran(
        ['nvidia-smi', '--query-gpu=index,pci.bus_id,name,driver_version,memory.total', '--format=csv,noheader,nounits'],
        '0, 00000000:17:00.0, NVIDIA H200, 570.124.06, 143771\n',
      ),
    ],
  });
  t.equal(firstBroken, undefined);
  t.same(
    found.filter(({ severity }) => severity !== 'note'),
    [],
  );
});

t.test('a container without the nodes is told to be started with them', async (t) => {
  const { firstBroken, commands } = await examined(t, withDriver);
  t.match(firstBroken, { id: 'driver/nodes-missing', remedy: { summary: /docker run --gpus all/ } });
  t.notOk(commands.some((command) => /modprobe|dkms|install-driver/.test(command)));
});

t.test('a container on a machine without a driver is sent out of itself', async (t) => {
  const { firstBroken, commands } = await examined(t, { ...container, files: { ...container.files, '/proc/modules': '' } });
  t.match(firstBroken, { id: 'driver/module-missing', remedy: { summary: /outside this container/ } });
  t.notOk(commands.some((command) => /modprobe|dkms|install-driver|initramfs|reboot/.test(command)));
});

t.test('what nouveau holds outside is freed outside', async (t) => {
  const { firstBroken } = await examined(t, {
    ...container,
    files: { ...container.files, '/proc/modules': 'nouveau 1 0 - Live 0x0\n' },
    links: { [`${gpu}/driver`]: '../../../bus/pci/drivers/nouveau' },
  });
  t.match(firstBroken, { id: 'kernel/nouveau-loaded', remedy: { summary: /^On the machine outside this container: forbid/ } });
});
