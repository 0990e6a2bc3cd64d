import t from 'tap';
import { type Fact, factsOf, known } from '../../../src/doctor/fact.js';
import { conda } from '../../../src/doctor/facts/conda.js';
import { cudaToolkits } from '../../../src/doctor/facts/cuda-toolkits.js';
import { displayManager } from '../../../src/doctor/facts/display-manager.js';
import { dkms } from '../../../src/doctor/facts/dkms.js';
import { installedKernels } from '../../../src/doctor/facts/installed-kernels.js';
import { loadedModules } from '../../../src/doctor/facts/loaded-modules.js';
import { moduleBlacklist } from '../../../src/doctor/facts/module-blacklist.js';
import { nvidiaFunctions } from '../../../src/doctor/facts/nvidia-functions.js';
import { nvidiaModuleOnDisk } from '../../../src/doctor/facts/nvidia-module-on-disk.js';
import { packages } from '../../../src/doctor/facts/packages.js';
import { pythons } from '../../../src/doctor/facts/pythons.js';
import { secureBoot } from '../../../src/doctor/facts/secure-boot.js';
import { rootedHost } from '../../../src/host/rooted-host.js';
import { hostOf, ran } from '../../host/host-of.js';

const gpu = '/sys/bus/pci/devices/0000:01:00.0';

t.test('what could not be looked at is not known; what is not there is', async (t) => {
  const blind = factsOf(await hostOf(t, { complete: [], programsComplete: false }));
  for (const fact of [nvidiaFunctions, loadedModules, installedKernels, moduleBlacklist, secureBoot, dkms, packages]) {
    t.match(await blind.of(fact as typeof dkms), { known: false, why: /not recorded/ }, fact.name);
  }
  const empty = factsOf(await hostOf(t, { files: { '/proc/sys/kernel/osrelease': '6.8.0\n' } }));
  t.match(await empty.of(nvidiaFunctions), { known: true, value: [] });
  t.match(await empty.of(loadedModules), { known: true, value: [] }, 'a kernel without modules');
  t.match(await empty.of(installedKernels), { known: true, value: [] });
  t.match(await empty.of(dkms), { known: true, value: null });
  t.match(await empty.of(secureBoot), { known: true, value: { state: 'no-efi' } });
});

t.test('the owner of a GPU is read from its link; one that nobody could read is no missing one', async (t) => {
  const files = {
    [`${gpu}/vendor`]: '0x10de\n',
    [`${gpu}/device`]: '0x2684\n',
    [`${gpu}/class`]: '0x030000\n',
    '/sys/bus/pci/devices/0000:00:1f.0/vendor': '0x8086\n',
  };
  const owner = async (machine: Parameters<typeof hostOf>[1]) => {
    const facts = await factsOf(await hostOf(t, { files, ...machine })).of(nvidiaFunctions);
    return facts.known && facts.value.map(({ address, device, isGpu, driver }) => [address, device, isGpu, driver]);
  };
  t.same(await owner({ links: { [`${gpu}/driver`]: '../../../bus/pci/drivers/nova_core' } }), [
    ['0000:01:00.0', '2684', true, 'nova_core'],
  ]);
  t.same(await owner({}), [['0000:01:00.0', '2684', true, null]]);
  t.same(await owner({ unavailable: { [`${gpu}/driver`]: 'permission denied' } }), [['0000:01:00.0', '2684', true, undefined]]);
});

t.test('a modprobe file hides those of its name in later directories', async (t) => {
  const facts = factsOf(
    await hostOf(t, {
      files: {
        '/etc/modprobe.d/nvidia.conf': '# emptied by the administrator\n',
        '/usr/lib/modprobe.d/nvidia.conf': 'blacklist nouveau\n',
        '/usr/lib/modprobe.d/other.conf': 'blacklist nova_core\n',
        '/usr/lib/modprobe.d/notes.txt': 'blacklist ignored\n',
        '/proc/cmdline': 'quiet module_blacklist=radeon\n',
      },
    }),
  );
  const entries = await facts.of(moduleBlacklist);
  t.same(entries.known && entries.value.map(({ module, where }) => [module, where]), [
    ['nova_core', '/usr/lib/modprobe.d/other.conf:1'],
    ['radeon', '/proc/cmdline'],
  ]);
});

t.test('modules on disk, of DKMS and of Ubuntu’s prebuilt branches', async (t) => {
  const prebuilt = '/lib/modules/6.8.0-45-generic/kernel/nvidia-550srv-open/nvidia.ko';
  const facts = factsOf(
    await hostOf(t, {
      files: {
        [prebuilt]: '',
        '/lib/modules/6.8.0-44-generic/updates/dkms/nvidia.ko.zst': '',
        '/lib/modules/6.8.0-44-generic/updates/dkms/nvidia-uvm.ko.zst': '',
      },
      links: { '/var/lib/dkms/nvidia/kernel-6.8.0-44-generic-x86_64': '535.183.01/6.8.0-44-generic/x86_64' },
      commands: [
        ran(
          ['modinfo', prebuilt],
          'version:        550.127.05\nlicense:        Dual MIT/GPL\nsigner:         Canonical Ltd. Kernel Module Signing\n',
        ),
      ],
    }),
  );
  const modules = await facts.of(nvidiaModuleOnDisk);
  t.same(modules.known && modules.value.map(({ kernel, version, flavour, signer }) => [kernel, version, flavour, signer]), [
    ['6.8.0-44-generic', '535.183.01', undefined, undefined],
    ['6.8.0-45-generic', '550.127.05', 'open', 'Canonical Ltd. Kernel Module Signing'],
  ]);
});

t.test('headers are there when a Makefile is, not when a link dangles', async (t) => {
  const facts = factsOf(
    await hostOf(t, {
      files: {
        '/usr/src/a/Makefile': '',
        '/lib/modules/1-a/kernel/x.ko': '',
        '/lib/modules/2-b/kernel/x.ko': '',
        '/lib/modules/3-c/updates/dkms/x.ko': '',
      },
      links: { '/lib/modules/1-a/build': '/usr/src/a', '/lib/modules/2-b/build': '/usr/src/b' },
    }),
  );
  const kernels = await facts.of(installedKernels);
  t.same(kernels.known && kernels.value.map(({ release, headers, build, complete }) => [release, headers, build, complete]), [
    ['1-a', true, '/usr/src/a', true],
    ['2-b', false, '/usr/src/b', true],
    ['3-c', false, undefined, false],
  ]);
});

t.test('DKMS of a machine that does not run, from its folders', async (t) => {
  const root = t.testdir({
    var: {
      lib: {
        dkms: { nvidia: { '550.144.03': { '6.8.0-45-generic': { x86_64: {} }, source: '' }, '570.1': { source: '' } }, dkms_dbversion: '' },
      },
    },
  });
  const status = await factsOf(rootedHost(root)).of(dkms);
  t.same(status.known && status.value?.entries.map(({ version, kernel, architecture, state }) => [version, kernel, architecture, state]), [
    ['550.144.03', '6.8.0-45-generic', 'x86_64', 'listed'],
    ['570.1', undefined, undefined, 'added'],
  ]);
});

t.test('Secure Boot of a container, where only mokutil can tell', async (t) => {
  const facts = (stdout: string, stderr = '') =>
    hostOf(t, {
      directories: { '/sys/firmware/efi': ['fw_platform_size'] },
      commands: [ran(['mokutil', '--sb-state'], stdout, stdout ? 0 : 255, stderr)],
    }).then(factsOf);
  t.match(await (await facts('SecureBoot enabled\n')).of(secureBoot), { value: { state: 'enabled' }, source: 'mokutil --sb-state' });
  t.match(await (await facts('', 'Failed to open\n')).of(secureBoot), { known: false });
});

t.test('CUDA toolkits: links are one, wrappers lead to theirs', async (t) => {
  const version = (number: string) => `{"cuda": {"name": "CUDA SDK", "version": "${number}"}}`;
  const facts = factsOf(
    await hostOf(t, {
      files: {
        '/usr/local/cuda-12.4/version.json': version('12.4.1'),
        '/usr/local/cuda-12.4/bin/nvcc': '',
        '/usr/local/cuda-13.0/bin/nvcc': '',
        '/usr/local/cuda-10.1/version.txt': 'CUDA Version 10.1.243\n',
        '/usr/local/cudaish/bin/nvcc': '',
        '/usr/local/bin/nvcc': '#!/bin/sh\nexec /usr/local/cuda-13.0/bin/nvcc "$@"\n',
      },
      status: { '/usr/local/bin/nvcc': { kind: 'file', mode: 0o755, uid: 0, gid: 0 } },
      links: { '/usr/local/cuda': '/etc/alternatives/cuda', '/etc/alternatives/cuda': '/usr/local/cuda-12.4' },
      commands: [ran(['/usr/local/cuda-13.0/bin/nvcc', '--version'], 'Cuda compilation tools, release 13.0, V13.0.88\n')],
    }),
  );
  const toolkits = await facts.of(cudaToolkits);
  t.same(toolkits.known && toolkits.value.map(({ directory, version: is, nvcc, inPath }) => [directory, is, nvcc, inPath]), [
    ['/usr/local/cuda-12.4', '12.4.1', true, false],
    ['/usr/local/cuda-10.1', '10.1.243', false, false],
    ['/usr/local/cuda-13.0', '13.0', true, true],
  ]);
});

t.test('Python interpreters are counted once, shims are not started', async (t) => {
  const version = (path: string, number: string) => ran([path, '--version'], `Python ${number}\n`);
  const facts = factsOf(
    await hostOf(t, {
      directories: {
        '/home/ada/.pyenv/shims': ['python3'],
        '/usr/bin': ['python3', 'python3.12', 'python3-config'],
        '/bin': ['python3'],
        '/home/ada/.pyenv/versions': ['3.11.7'],
        '/opt/conda/conda-meta': ['history'],
        '/opt/conda/envs': ['.tmp', 'detector'],
        '/srv/envs/noted/conda-meta': ['history'],
      },
      files: { '/home/ada/.conda/environments.txt': '/srv/envs/noted\n/srv/envs/gone\n' },
      links: {
        '/usr/bin/python3': 'python3.12',
        '/bin/python3': '/usr/bin/python3.12',
        '/home/ada/venv/bin/python': '/usr/bin/python3.12',
      },
      commands: [
        ran(['printenv', 'PATH'], '/home/ada/.pyenv/shims:/usr/bin:/bin:relative\n'),
        ran(['printenv', 'HOME'], '/home/ada\n'),
        ran(['printenv', 'VIRTUAL_ENV'], '/home/ada/venv\n'),
        version('/home/ada/venv/bin/python', '3.12.3'),
        version('/usr/bin/python3', '3.12.3'),
        version('/usr/bin/python3.12', '3.12.3'),
        version('/bin/python3', '3.12.3'),
        version('/home/ada/.pyenv/versions/3.11.7/bin/python', '3.11.7'),
        version('/opt/conda/bin/python', '3.12.8'),
        { argv: ['/opt/conda/envs/detector/bin/python', '--version'], outcome: 'absent', ms: 1 },
        version('/srv/envs/noted/bin/python', '3.10.4'),
      ],
    }),
  );
  const environments = await facts.of(conda);
  t.same(environments.known && environments.value?.environments, ['/opt/conda', '/opt/conda/envs/detector', '/srv/envs/noted']);
  const interpreters = await facts.of(pythons);
  t.same(interpreters.known && interpreters.value.map(({ path, version: is, kind }) => [path, is, kind]), [
    ['/home/ada/venv/bin/python', '3.12.3', 'virtual'],
    ['/usr/bin/python3', '3.12.3', 'system'],
    ['/opt/conda/bin/python', '3.12.8', 'conda'],
    ['/srv/envs/noted/bin/python', '3.10.4', 'conda'],
    ['/home/ada/.pyenv/versions/3.11.7/bin/python', '3.11.7', 'pyenv'],
  ]);
});

t.test('a lock of an X server that is gone counts for nothing', async (t) => {
  const facts = factsOf(
    await hostOf(t, {
      files: { '/tmp/.X0-lock': '      1234\n', '/tmp/.X1-lock': '      4321\n', '/proc/1234/comm': 'Xorg\n' },
      links: {
        '/etc/systemd/system/default.target': '/lib/systemd/system/multi-user.target',
        '/etc/systemd/system/display-manager.service': '/lib/systemd/system/lightdm.service',
      },
    }),
  );
  t.match(await facts.of(displayManager), { value: { defaultTarget: 'multi-user.target', service: 'lightdm', xServers: [1234] } });
});

t.test('a fact is read once', async (t) => {
  let reads = 0;
  const once: Fact<number> = {
    name: 'once',
    async read() {
      reads += 1;
      return known(reads, 'here');
    },
  };
  const facts = factsOf(rootedHost('/nowhere'));
  t.same(await Promise.all([facts.of(once), facts.of(once)]), [known(1, 'here'), known(1, 'here')]);
  await facts.of(once);
  t.equal(reads, 1);
});
