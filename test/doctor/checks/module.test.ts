import t from 'tap';
import { dkmsNotBuilt } from '../../../src/doctor/checks/dkms-not-built.js';
import { gccDiffersFromKernel } from '../../../src/doctor/checks/gcc-differs-from-kernel.js';
import { gpuNotClaimed } from '../../../src/doctor/checks/gpu-not-claimed.js';
import { moduleMissing } from '../../../src/doctor/checks/module-missing.js';
import { moduleNotLoaded } from '../../../src/doctor/checks/module-not-loaded.js';
import { modulesNotLoadable } from '../../../src/doctor/checks/modules-not-loadable.js';
import { nextKernelWithoutModule } from '../../../src/doctor/checks/next-kernel-without-module.js';
import { noGcc } from '../../../src/doctor/checks/no-gcc.js';
import { noKernelHeaders } from '../../../src/doctor/checks/no-kernel-headers.js';
import { noMake } from '../../../src/doctor/checks/no-make.js';
import { secureBootRejectsModule } from '../../../src/doctor/checks/secure-boot-rejects-module.js';
import { ran } from '../../host/host-of.js';
import { loaded, onDisk, pciFunction, release, together, verdictOf } from './verdict-of.js';

const gpu = pciFunction(null);
const noGpu = { files: { '/proc/sys/kernel/osrelease': `${release}\n`, '/proc/modules': '' } };
const dkmsFor = (kernel: string) => ({ commands: [ran(['dkms', 'status'], `nvidia/550.144.03, ${kernel}, x86_64: installed\n`)] });
const headers = { files: { '/usr/src/h/Makefile': '' }, links: { [`/lib/modules/${release}/build` as const]: '/usr/src/h' } };

t.test('kernel/modules-not-loadable', async (t) => {
  t.match(await verdictOf(t, modulesNotLoadable, gpu), { status: 'clear' });
  t.match(await verdictOf(t, modulesNotLoadable, together(gpu, { files: { '/proc/cmdline': 'quiet nomodule' } })), {
    problem: { severity: 'blocker', evidence: [/nomodule/] },
  });
  const sealed = together(gpu, { files: { '/proc/sys/kernel/modules_disabled': '1\n' } });
  t.match(await verdictOf(t, modulesNotLoadable, sealed), { problem: { evidence: [/modules_disabled is 1/] } });
  t.match(await verdictOf(t, modulesNotLoadable, together(sealed, loaded('550.1'))), { status: 'clear' }, 'the driver is in already');
  t.match(await verdictOf(t, modulesNotLoadable, { files: { '/proc/sys/kernel/osrelease': '6.1' } }), { status: 'found' }, 'built without');
});

t.test('build/no-kernel-headers: as bad as the need for them', async (t) => {
  t.match(await verdictOf(t, noKernelHeaders, together(gpu, headers)), { status: 'clear' });
  t.match(await verdictOf(t, noKernelHeaders, noGpu), { problem: { severity: 'note' } });
  t.match(await verdictOf(t, noKernelHeaders, gpu), { problem: { severity: 'warning' } }, 'a GPU, and no driver yet');
  t.match(
    await verdictOf(t, noKernelHeaders, together(gpu, dkmsFor('6.8.0-44-generic'))),
    { problem: { severity: 'blocker' } },
    'DKMS has one to build',
  );
  t.match(
    await verdictOf(t, noKernelHeaders, together(gpu, dkmsFor(release), onDisk('550.144.03'))),
    { problem: { severity: 'warning' } },
    'built already',
  );
  t.match(await verdictOf(t, noKernelHeaders, { complete: [] }), { status: 'undetermined' });
});

t.test('build/no-kernel-headers: the cure is for the kernel at hand', async (t) => {
  const packages = (name: string) => ({
    files: { '/var/lib/dpkg/status': `Package: ${name}\nStatus: install ok installed\nVersion: 1\n` },
  });
  t.match(await verdictOf(t, noKernelHeaders, together(gpu, packages(`linux-image-${release}`))), {
    problem: { remedy: { commands: [`sudo apt-get install linux-headers-${release}`] } },
  });
  t.match(await verdictOf(t, noKernelHeaders, together(gpu, packages('linux-image-6.1'))), {
    problem: { remedy: { summary: /comes from no package/, commands: [] } },
  });
});

t.test('build/no-gcc and build/no-make', async (t) => {
  const tools = { commands: [ran(['gcc', '--version'], 'gcc (Ubuntu 13.2.0) 13.2.0\n'), ran(['make', '--version'], 'GNU Make 4.3\n')] };
  for (const [check, name] of [
    [noGcc, 'gcc'],
    [noMake, 'make'],
  ] as const) {
    t.match(await verdictOf(t, check, together(gpu, tools)), { status: 'clear', summary: new RegExp(`^${name} \\d`) });
    t.match(await verdictOf(t, check, noGpu), { problem: { severity: 'note' } }, name);
    t.match(
      await verdictOf(t, check, gpu),
      { problem: { severity: 'warning', remedy: { commands: ['sudo apt-get install build-essential'] } } },
      name,
    );
    t.match(await verdictOf(t, check, together(gpu, dkmsFor('6.8.0-44-generic'))), { problem: { severity: 'blocker' } }, name);
    t.match(await verdictOf(t, check, { ...noGpu, programsComplete: false }), { status: 'undetermined' }, name);
  }
});

t.test('build/gcc-differs-from-kernel', async (t) => {
  const kernel = {
    files: { '/proc/version': 'Linux version 6.8.0 (b@h) (x86_64-linux-gnu-gcc-13 (Ubuntu 13.2.0-23) 13.2.0, GNU ld 2.42)\n' },
  };
  const gcc = (version: string) => ({ commands: [ran(['gcc', '--version'], `gcc (Ubuntu) ${version}\n`)] });
  t.match(await verdictOf(t, gccDiffersFromKernel, together(gpu, kernel, gcc('13.3.0'))), { status: 'clear' });
  t.match(await verdictOf(t, gccDiffersFromKernel, together(gpu, kernel, gcc('12.3.0'))), {
    problem: { severity: 'warning', remedy: { commands: ['sudo apt-get install gcc-13'] } },
  });
  t.match(await verdictOf(t, gccDiffersFromKernel, together(noGpu, kernel, gcc('12.3.0'))), { status: 'not-applicable' });
});

t.test('driver/dkms-not-built', async (t) => {
  t.match(await verdictOf(t, dkmsNotBuilt, gpu), { status: 'not-applicable', why: 'DKMS is not installed' });
  t.match(await verdictOf(t, dkmsNotBuilt, together(gpu, { commands: [ran(['dkms', 'status'], 'zfs/2.2.2, 6.8, x86_64: installed\n')] })), {
    status: 'not-applicable',
  });
  t.match(await verdictOf(t, dkmsNotBuilt, together(gpu, dkmsFor(release))), { status: 'clear' });
  const log = { files: { '/var/lib/dkms/nvidia/550.144.03/build/make.log': 'nv.c:1:1: error: too old\n' } };
  t.match(await verdictOf(t, dkmsNotBuilt, together(gpu, dkmsFor('6.8.0-44-generic'), log)), {
    problem: {
      severity: 'blocker',
      evidence: [/^dkms status: nvidia\/550/, /make\.log: nv\.c:1:1: error: too old/],
      remedy: { commands: [`sudo dkms install nvidia/550.144.03 -k ${release}`, /modprobe/] },
    },
  });
  t.match(
    await verdictOf(t, dkmsNotBuilt, together(gpu, dkmsFor('6.8.0-44-generic'), onDisk('550.1'))),
    { problem: { severity: 'warning' } },
    'another module serves',
  );
  const built = { commands: [ran(['dkms', 'status'], `nvidia, 550.1, ${release}, x86_64: built\n`)] };
  t.match(await verdictOf(t, dkmsNotBuilt, together(gpu, built)), { problem: { summary: /`built`, not installed/ } });
});

t.test('driver/module-missing and driver/module-not-loaded', async (t) => {
  t.match(await verdictOf(t, moduleMissing, gpu), {
    problem: { severity: 'blocker', summary: 'No NVIDIA driver is installed', remedy: { automatic: true } },
  });
  t.match(await verdictOf(t, moduleMissing, together(gpu, onDisk('550.1', { kernel: '6.8.0-44-generic' }))), {
    problem: { summary: /another one has/ },
  });
  t.match(await verdictOf(t, moduleMissing, together(gpu, onDisk('550.1'))), { status: 'clear' });
  t.match(await verdictOf(t, moduleMissing, together(gpu, loaded('550.1'))), { status: 'clear' });
  t.match(await verdictOf(t, moduleNotLoaded, together(gpu, onDisk('550.1'))), { problem: { severity: 'blocker' } });
  const forbidden = { files: { '/lib/modprobe.d/prime.conf': 'blacklist nvidia\n' } };
  t.match(await verdictOf(t, moduleNotLoaded, together(gpu, onDisk('550.1'), forbidden)), {
    problem: { summary: /kept from loading/, evidence: [/not there/, /on disk/, '/lib/modprobe.d/prime.conf:1: blacklist nvidia'] },
  });
  t.match(await verdictOf(t, moduleNotLoaded, together(gpu, loaded('550.1'))), { status: 'clear' });
});

t.test('kernel/secure-boot-rejects-module', async (t) => {
  const variable = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';
  const secure = together(gpu, { files: { [variable]: '\x06\0\0\0\x01' } });
  t.match(await verdictOf(t, secureBootRejectsModule, gpu), { status: 'clear', summary: /without EFI/ });
  t.match(await verdictOf(t, secureBootRejectsModule, together(gpu, { files: { [variable]: '\x06\0\0\0\0' } })), {
    status: 'clear',
    summary: 'Secure Boot is disabled',
  });
  t.match(await verdictOf(t, secureBootRejectsModule, secure), { problem: { severity: 'note' } }, 'nothing is built yet');
  t.match(await verdictOf(t, secureBootRejectsModule, together(secure, onDisk('550.1'))), { problem: { severity: 'blocker' } });
  const enrolled = { commands: [ran(['mokutil', '--list-enrolled'], '        Subject: CN=DKMS module signing key\n')] };
  t.match(await verdictOf(t, secureBootRejectsModule, together(secure, onDisk('550.1', { signer: 'DKMS module signing key' }), enrolled)), {
    status: 'clear',
  });
  t.match(
    await verdictOf(t, secureBootRejectsModule, together(secure, onDisk('550.1'), loaded('550.1'))),
    { status: 'clear' },
    'it is in the kernel',
  );
  const locked = { files: { [variable]: '\x06\0\0\0\0', '/sys/kernel/security/lockdown': 'none [integrity] confidentiality\n' } };
  t.match(await verdictOf(t, secureBootRejectsModule, together(gpu, locked, onDisk('550.1'))), {
    problem: { severity: 'blocker', summary: /locked down \(integrity\)/ },
  });
});

t.test('driver/gpu-not-claimed', async (t) => {
  t.match(await verdictOf(t, gpuNotClaimed, together(pciFunction('nvidia'), loaded('550.1'))), { status: 'clear' });
  t.match(await verdictOf(t, gpuNotClaimed, together(gpu, loaded('550.1'))), {
    problem: { severity: 'blocker', evidence: [/10de:2331 has no driver/, /proprietary flavour/] },
  });
  const mixed = together(gpu, pciFunction('nvidia', { address: '0000:02:00.0' }), loaded('550.1'));
  t.match(await verdictOf(t, gpuNotClaimed, mixed), { problem: { severity: 'warning' } });
});

t.test('driver/next-kernel-without-module', async (t) => {
  const kernel = (name: string) => ({ files: { [`/lib/modules/${name}/modules.builtin` as const]: '' } });
  const now = together(gpu, kernel(release), onDisk('550.1'));
  t.match(await verdictOf(t, nextKernelWithoutModule, now), { status: 'clear', summary: /newest/ });
  t.match(await verdictOf(t, nextKernelWithoutModule, together(now, kernel('6.8.0-101-generic'))), {
    problem: {
      severity: 'warning',
      summary: /6\.8\.0-101-generic/,
      remedy: { commands: ['sudo apt-get install linux-headers-6.8.0-101-generic', /dkms autoinstall -k 6\.8\.0-101/] },
    },
  });
  t.match(
    await verdictOf(t, nextKernelWithoutModule, together(now, kernel('6.8.0-101-lowlatency'))),
    { status: 'clear' },
    'another flavour is not the next',
  );
  t.match(await verdictOf(t, nextKernelWithoutModule, together(now, kernel('6.8.0-9-generic'))), { status: 'clear' }, '9 < 45');
  t.match(
    await verdictOf(
      t,
      nextKernelWithoutModule,
      together(now, kernel('6.8.0-101-generic'), onDisk('550.1', { kernel: '6.8.0-101-generic' })),
    ),
    { status: 'clear' },
  );
  t.match(await verdictOf(t, nextKernelWithoutModule, gpu), { status: 'not-applicable' });
});
