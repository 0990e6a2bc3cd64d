import t from 'tap';
import { parseToolVersion } from '../../../src/doctor/facts/compilers.js';
import { parseNvccVersion, parseToolkitVersion } from '../../../src/doctor/facts/cuda-toolkits.js';
import { parseDkmsStatus } from '../../../src/doctor/facts/dkms.js';
import { firstBuildError } from '../../../src/doctor/facts/dkms-log.js';
import { parseKernelCommandLine } from '../../../src/doctor/facts/kernel-command-line.js';
import { parseKernelCompiler } from '../../../src/doctor/facts/kernel-compiler.js';
import { parseModules } from '../../../src/doctor/facts/loaded-modules.js';
import { blacklistOfCommandLine, parseModprobeFile } from '../../../src/doctor/facts/module-blacklist.js';
import { parseDriverVersion, parseLibraryName } from '../../../src/doctor/facts/nvidia-driver-versions.js';
import { parsePciNumber } from '../../../src/doctor/facts/nvidia-functions.js';
import { parseModinfo } from '../../../src/doctor/facts/nvidia-module-on-disk.js';
import { parseSmiGpus } from '../../../src/doctor/facts/nvidia-smi.js';
import { parseOsRelease } from '../../../src/doctor/facts/os-release.js';
import { parseDpkgQuery, parseDpkgStatus } from '../../../src/doctor/facts/packages.js';
import { parsePythonVersion } from '../../../src/doctor/facts/pythons.js';
import { parseLockdown, parseMokutil, parseSecureBootVariable } from '../../../src/doctor/facts/secure-boot.js';
import { parseDetectVirt } from '../../../src/doctor/facts/virtualization.js';

t.test('os-release', async (t) => {
  t.same(
    parseOsRelease('# comment\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\nPRETTY_NAME="Ubuntu 24.04.1 LTS"\n'),
    {
      id: 'ubuntu',
      idLike: ['debian'],
      versionId: '24.04',
      codename: 'noble',
      pretty: 'Ubuntu 24.04.1 LTS',
    },
  );
  t.match(parseOsRelease(`ID='rocky'\nID_LIKE="rhel centos fedora"\nPRETTY_NAME="A \\"quoted\\" name"\n`), {
    id: 'rocky',
    idLike: ['rhel', 'centos', 'fedora'],
    pretty: 'A "quoted" name',
    codename: undefined,
  });
  t.match(parseOsRelease(''), { id: 'linux', pretty: 'linux' });
});

t.test('the kernel’s command line', async (t) => {
  t.same(parseKernelCommandLine('BOOT_IMAGE=/vmlinuz root=UUID=1f2e ro dyndbg="file a.c +p" nouveau.modeset=0\n'), [
    { name: 'BOOT_IMAGE', value: '/vmlinuz' },
    { name: 'root', value: 'UUID=1f2e' },
    { name: 'ro', value: undefined },
    { name: 'dyndbg', value: 'file a.c +p' },
    { name: 'nouveau.modeset', value: '0' },
  ]);
});

t.test('which compiler made the kernel', async (t) => {
  const ubuntu =
    'Linux version 6.8.0-45-generic (buildd@lcy02) (x86_64-linux-gnu-gcc-13 (Ubuntu 13.2.0-23ubuntu4) 13.2.0, GNU ld (GNU Binutils for Ubuntu) 2.42) #45-Ubuntu SMP';
  t.same(parseKernelCompiler(ubuntu), { name: 'gcc', version: '13.2.0' });
  t.same(parseKernelCompiler('Linux version 6.1.0 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) #1'), {
    name: 'gcc',
    version: '12.2.0',
  });
  t.same(parseKernelCompiler('Linux version 5.4.0-90 (buildd@lgw01) (gcc version 7.5.0 (Ubuntu 7.5.0-3ubuntu1~18.04)) #101'), {
    name: 'gcc',
    version: '7.5.0',
  });
  t.same(parseKernelCompiler('Linux version 6.9 (builder@host) (clang version 18.1.3, LLD 18.1.3) #1'), {
    name: 'clang',
    version: '18.1.3',
  });
  t.equal(parseKernelCompiler('Linux version 1'), undefined);
});

t.test('loaded modules', async (t) => {
  const text =
    'nvidia_uvm 4956160 2 - Live 0x0000000000000000 (POE)\nnvidia 54571008 39 nvidia_uvm,nvidia_modeset, Live 0x0000000000000000 (POE)\nvfio 1 - [permanent], Loading 0x0\n';
  t.same(parseModules(text), [
    { name: 'nvidia_uvm', references: 2, usedBy: [], state: 'Live' },
    { name: 'nvidia', references: 39, usedBy: ['nvidia_uvm', 'nvidia_modeset'], state: 'Live' },
    { name: 'vfio', references: 0, usedBy: [], state: 'Loading' },
  ]);
});

t.test('blacklists, with the line', async (t) => {
  const text =
    '# blacklist commented\nblacklist nouveau\n  install nova-core /bin/false\noptions nouveau modeset=0\ninstall snd /sbin/modprobe snd2\noptions nvidia NVreg_x=1\n';
  t.same(
    parseModprobeFile(text, '/etc/modprobe.d/a.conf').map(({ module, how, where }) => [module, how, where]),
    [
      ['nouveau', 'blacklist', '/etc/modprobe.d/a.conf:2'],
      ['nova_core', 'install', '/etc/modprobe.d/a.conf:3'],
      ['nouveau', 'options', '/etc/modprobe.d/a.conf:4'],
    ],
  );
  const parameters = parseKernelCommandLine(
    'quiet modprobe.blacklist=nouveau,nova-core rd.driver.blacklist=nouveau nouveau.modeset=0 nvidia-drm.modeset=1',
  );
  t.same(
    blacklistOfCommandLine(parameters).map(({ module, how }) => [module, how]),
    [
      ['nouveau', 'blacklist'],
      ['nova_core', 'blacklist'],
      ['nouveau', 'blacklist'],
      ['nouveau', 'options'],
    ],
  );
});

t.test('numbers of the PCI bus', async (t) => {
  t.equal(parsePciNumber('0x10DE\n'), '10de');
  t.equal(parsePciNumber('10de'), undefined);
});

t.test('modinfo', async (t) => {
  const unsigned =
    'filename:       /lib/modules/6.8.0/updates/dkms/nvidia.ko.zst\nalias:          char-major-195-*\nversion:        550.144.03\nlicense:        NVIDIA\n';
  t.same(parseModinfo(unsigned), { version: '550.144.03', flavour: 'proprietary', signer: null });
  t.match(
    parseModinfo(
      'version:        570.124.06\nlicense:        Dual MIT/GPL\nsig_id:         PKCS#7\nsigner:         DKMS module signing key\n',
    ),
    {
      flavour: 'open',
      signer: 'DKMS module signing key',
    },
  );
  t.match(parseModinfo('version: 1.0\nlicense: NVIDIA\nsig_id: PKCS#7\nsigner:\n'), { signer: 'an unnamed key' });
});

t.test('the loaded driver', async (t) => {
  t.same(
    parseDriverVersion(
      'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.144.03  Mon Dec 30 17:44:08 UTC 2024\nGCC version:  gcc version 12.3.0\n',
    ),
    {
      version: '550.144.03',
      flavour: 'proprietary',
    },
  );
  t.same(parseDriverVersion('NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.124.06  Release Build  (dvs-builder@U16)\n'), {
    version: '570.124.06',
    flavour: 'open',
  });
  t.same(parseDriverVersion('NVRM version: NVIDIA UNIX x86_64 Kernel Module  384.81  Sat Sep  2\n'), {
    version: '384.81',
    flavour: 'proprietary',
  });
  t.equal(parseDriverVersion('something else'), undefined);
  t.equal(parseLibraryName('libnvidia-ml.so.550.144.03'), '550.144.03', 'whole, to the last digit');
  t.equal(parseLibraryName('libcuda.so.1'), undefined);
  t.equal(parseLibraryName('libcuda.so.1.1'), undefined, 'the link of WSL names no driver');
});

t.test('the GPUs of nvidia-smi', async (t) => {
  t.same(
    parseSmiGpus(
      '0, 00000000:17:00.0, NVIDIA H200, 570.124.06, 143771\n1, 00000000:27:00.0, NVIDIA GB10, 580.65.06, [N/A]\nNo devices were found\n',
    ),
    [
      { index: 0, address: '00000000:17:00.0', name: 'NVIDIA H200', driverVersion: '570.124.06', memoryMiB: 143771 },
      { index: 1, address: '00000000:27:00.0', name: 'NVIDIA GB10', driverVersion: '580.65.06', memoryMiB: undefined },
    ],
  );
});

t.test('dkms status, in both forms', async (t) => {
  const late =
    'nvidia/550.144.03, 6.8.0-45-generic, x86_64: installed (Differences between built and installed modules)\nnvidia/570.1: added\n';
  t.same(
    parseDkmsStatus(late).map(({ module, version, kernel, state, remark }) => [module, version, kernel, state, remark]),
    [
      ['nvidia', '550.144.03', '6.8.0-45-generic', 'installed', 'Differences between built and installed modules'],
      ['nvidia', '570.1', undefined, 'added', undefined],
    ],
  );
  t.match(parseDkmsStatus('nvidia, 470.82.01, 5.4.0-90-generic, x86_64: installed-weak from 5.4.0-80\nnvidia, 470.82.01: added'), [
    { module: 'nvidia', version: '470.82.01', kernel: '5.4.0-90-generic', state: 'installed-weak' },
    { kernel: undefined, state: 'added' },
  ]);
  t.same(parseDkmsStatus('Error! Could not locate dkms.conf file.\nDeprecated feature: REMAKE_INITRD\n'), []);
});

t.test('the first error of a build', async (t) => {
  t.equal(
    firstBuildError('  CC nv.o\nnv.c:1:2: warning: x\nnv.c:3:4: error: no member\nmake[1]: *** [Makefile:2: nv.o] Error 1\n'),
    'nv.c:3:4: error: no member',
  );
  t.equal(firstBuildError('make[1]: *** No rule to make target\n'), 'make[1]: *** No rule to make target');
  t.equal(firstBuildError('all well\n'), undefined);
});

t.test('Secure Boot', async (t) => {
  t.equal(parseSecureBootVariable('\x06\0\0\0\x01'), 'enabled');
  t.equal(parseSecureBootVariable('\x06\0\0\0\0'), 'disabled');
  t.equal(parseSecureBootVariable('\x06\0\0\0'), undefined, 'cut off');
  t.equal(parseMokutil('SecureBoot enabled\n'), 'enabled');
  t.equal(parseMokutil('SecureBoot disabled\nPlatform is in Setup Mode\n'), 'disabled');
  t.equal(parseMokutil('EFI variables are not supported on this system\n'), 'no-efi');
  t.equal(parseMokutil('Failed to read SecureBoot\n'), undefined);
  t.equal(parseLockdown('none [integrity] confidentiality\n'), 'integrity');
  t.equal(parseLockdown(''), undefined);
});

t.test('versions that tools print', async (t) => {
  t.equal(parseToolVersion('gcc (Ubuntu 13.2.0-23ubuntu4) 13.2.0\nCopyright'), '13.2.0');
  t.equal(parseToolVersion('gcc (GCC) 11.4.1 20231218 (Red Hat 11.4.1-3)\n'), '11.4.1');
  t.equal(parseToolVersion('GNU Make 4.3\nBuilt for x86_64'), '4.3');
  t.equal(parseToolVersion('Ubuntu clang version 18.1.3 (1ubuntu1)\n'), '18.1.3');
  t.equal(parseToolkitVersion('{"cuda" : {"name" : "CUDA SDK", "version" : "12.4.1"}, "nvcc": {"version": "12.4.131"}}'), '12.4.1');
  t.equal(parseToolkitVersion('CUDA Version 10.1.243\n'), '10.1.243');
  t.equal(parseToolkitVersion('nothing'), undefined);
  t.equal(parseNvccVersion('Cuda compilation tools, release 12.4, V12.4.131\n'), '12.4');
  t.equal(parsePythonVersion('Python 3.12.3\n'), '3.12.3');
  t.equal(parsePythonVersion('\nPython 2.7.18\n'), '2.7.18');
  t.equal(parsePythonVersion('Python 3.14.0rc1\n'), '3.14.0rc1');
});

t.test('packages of dpkg, from its program and from its file', async (t) => {
  t.same(
    parseDpkgQuery(
      'ii |nvidia-driver-550|550.144.03-0ubuntu1\nhi |nvidia-dkms-550|550.1\nun |nvidia-vdpau-driver|\nrc |nvidia-old|1\niF |libnvidia-gl-550|550.2\n',
    ),
    [
      { name: 'nvidia-driver-550', version: '550.144.03-0ubuntu1', held: false, complete: true },
      { name: 'nvidia-dkms-550', version: '550.1', held: true, complete: true },
      { name: 'libnvidia-gl-550', version: '550.2', held: false, complete: false },
    ],
  );
  const status =
    'Package: nvidia-driver-550\nStatus: hold ok installed\nVersion: 550.144.03-0ubuntu1\nDescription: driver\n text\n\nPackage: bash\nStatus: install ok installed\nVersion: 5\n\nPackage: dkms\nStatus: install ok half-configured\nVersion: 3.0\n\nPackage: nvidia-old\nStatus: deinstall ok config-files\nVersion: 1\n';
  t.same(parseDpkgStatus(status), [
    { name: 'nvidia-driver-550', version: '550.144.03-0ubuntu1', held: true, complete: true },
    { name: 'dkms', version: '3.0', held: false, complete: false },
  ]);
});

t.test('virtualization', async (t) => {
  t.same(parseDetectVirt('none\n'), { kind: 'none', name: undefined });
  t.same(parseDetectVirt('kvm\n'), { kind: 'machine', name: 'kvm' });
  t.same(parseDetectVirt('docker\n'), { kind: 'container', name: 'docker' });
  t.equal(parseDetectVirt(''), undefined);
});
