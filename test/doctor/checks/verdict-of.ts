import { factsOf } from '../../../src/doctor/fact.js';
import type { Check, Verdict } from '../../../src/doctor/finding.js';
import type { HostPath } from '../../../src/host/host.js';
import { hostOf, type Machine } from '../../host/host-of.js';

/** What `check` says of `machine`, alone: nothing that it hangs on is looked at. */
export async function verdictOf(t: { testdir(): string }, check: Check, machine: Machine): Promise<Verdict> {
  return check.examine(factsOf(await hostOf(t, machine)));
}

/** Puts machines together: files, links and whatever else they have. */
export function together(...machines: readonly Machine[]): Machine {
  const merged = <K extends 'files' | 'links' | 'status' | 'directories' | 'unavailable'>(key: K) =>
    Object.assign({}, ...machines.map((machine) => machine[key] ?? {}));
  return {
    ...Object.assign({}, ...machines),
    files: merged('files'),
    links: merged('links'),
    status: merged('status'),
    directories: merged('directories'),
    unavailable: merged('unavailable'),
    commands: machines.flatMap(({ commands }) => commands ?? []),
  };
}

export const release = '6.8.0-45-generic';

/** A function on the PCI bus: a GPU unless told. */
export function pciFunction(driver: string | null, { address = '0000:01:00.0', pciClass = '030200', device = '2331' } = {}): Machine {
  const folder = `/sys/bus/pci/devices/${address}` as HostPath;
  return {
    files: {
      '/proc/sys/kernel/osrelease': `${release}\n`,
      '/proc/modules': 'ext4 1 1 - Live 0x0\n',
      '/etc/os-release': 'ID=ubuntu\nVERSION_ID="24.04"\n',
      [`${folder}/vendor`]: '0x10de\n',
      [`${folder}/device`]: `0x${device}\n`,
      [`${folder}/class`]: `0x${pciClass}\n`,
      [`${folder}/resource`]: '0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200\n',
    },
    links: driver ? { [`${folder}/driver`]: `../../../bus/pci/drivers/${driver}` } : {},
  };
}

/** A loaded driver. */
export const loaded = (version: string): Machine => ({
  files: {
    '/proc/driver/nvidia/version': `NVRM version: NVIDIA UNIX x86_64 Kernel Module  ${version}  Mon Dec 30 17:44:08 UTC 2024\n`,
    '/proc/modules': 'nvidia 54571008 39 - Live 0x0\n',
  },
});

/** Its module under /lib/modules. */
export const onDisk = (version: string, { kernel = release, signer = '' } = {}): Machine => {
  const path = `/lib/modules/${kernel}/updates/dkms/nvidia.ko.zst` as const;
  const text = `filename:       ${path}\nversion:        ${version}\nlicense:        NVIDIA\n${signer && `signer:         ${signer}\n`}`;
  return { files: { [path]: '' }, commands: [{ argv: ['modinfo', path], code: 0, stdout: text, stderr: '', ms: 1 }] };
};

/** Its libraries. */
export const libraries = (version: string): Machine => ({
  files: { [`/usr/lib/x86_64-linux-gnu/libcuda.so.${version}`]: '', [`/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.${version}`]: '' },
});
