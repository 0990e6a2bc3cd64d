import t from 'tap';
import type { InstalledPackage } from '../../../src/doctor/facts/packages.js';
import { installedDriver } from '../../../src/setup/driver/installed-driver.js';
import { compareKernels, headersMetaPackage, kernelsToCome } from '../../../src/setup/driver/kernels.js';
import { parseCandidates } from '../../../src/setup/driver/missing-headers.js';
import { parseMadison } from '../../../src/setup/driver/package-versions.js';

const installed = (name: string, version = '1'): InstalledPackage => ({ name, version, held: false, complete: true });
const kernel = (release: string, complete: boolean | undefined = true) => ({ release, headers: true, build: undefined, complete });

t.test('kernels order by every number', async (t) => {
  const rising = ['5.15.0-122-generic', '6.1.0-9-amd64', '6.1.0-18-amd64', '6.8.0-45-generic', '6.12.9+bpo-amd64'];
  t.same(rising.toReversed().toSorted(compareKernels), rising);
});

t.test('the kernels to come are the running one and the newest whole one', async (t) => {
  const all = [kernel('6.1.0-18-amd64'), kernel('6.1.0-9-amd64'), kernel('6.1.0-30-amd64', false)];
  t.same(kernelsToCome('6.1.0-9-amd64', all), ['6.1.0-9-amd64', '6.1.0-18-amd64']);
  t.same(kernelsToCome('6.1.0-18-amd64', all), ['6.1.0-18-amd64']);
  t.same(kernelsToCome(undefined, all), ['6.1.0-18-amd64'], 'of a mounted image');
  t.same(kernelsToCome(undefined, []), []);
});

t.test('headers that follow the kernel', async (t) => {
  const table: readonly (readonly [string, string, readonly string[], string | undefined])[] = [
    ['debian', '6.1.0-18-amd64', [], 'linux-headers-amd64'],
    ['debian', '6.1.0-18-cloud-amd64', [], 'linux-headers-cloud-amd64'],
    ['debian', '6.12.9+bpo-rt-amd64', [], 'linux-headers-rt-amd64'],
    ['debian', '6.18.44-custom', [], undefined],
    ['ubuntu', '6.8.0-45-generic', ['linux-image-generic'], 'linux-headers-generic'],
    ['ubuntu', '6.8.0-45-generic', ['linux-image-6.8.0-45-generic', 'linux-image-generic-hwe-22.04'], 'linux-headers-generic-hwe-22.04'],
    ['ubuntu', '6.8.0-1015-aws', ['linux-image-aws'], 'linux-headers-aws'],
    ['ubuntu', '6.8.0-45-generic', [], 'linux-headers-generic'],
    ['ubuntu', '6.18.44', [], undefined],
  ];
  for (const [id, release, names, meta] of table) {
    t.equal(
      headersMetaPackage(
        id,
        release,
        names.map((name) => installed(name)),
      ),
      meta,
      `${id} ${release} ${names}`,
    );
  }
});

t.test('the driver that packages installed', async (t) => {
  const table: readonly (readonly [readonly InstalledPackage[], object | undefined])[] = [
    [[installed('nvidia-dkms-580-server-open')], { branch: 580, flavour: 'open', dkms: true }],
    [[installed('nvidia-dkms-470')], { branch: 470, flavour: 'proprietary', dkms: true }],
    [[installed('linux-modules-nvidia-580-open-6.8.0-45-generic')], { branch: 580, flavour: 'open', dkms: false }],
    [[installed('nvidia-kernel-dkms', '535.261.03-1')], { branch: 535, flavour: 'proprietary' }],
    [[installed('nvidia-open-kernel-dkms', '550.163.01-2')], { branch: 550, flavour: 'open' }],
    [[installed('nvidia-tesla-470-kernel-dkms', '470.256.02-1~deb12u1')], { branch: 470, flavour: 'proprietary' }],
    [[installed('nvidia-container-toolkit'), installed('nvidia-fs-dkms')], undefined],
  ];
  for (const [packages, driver] of table) t.match(installedDriver(packages), driver, packages[0]!.name);
});

t.test('what apt says of versions', async (t) => {
  const madison =
    ' nvidia-driver-580 | 580.95.05-0ubuntu0.24.04.2 | http://archive.ubuntu.com/ubuntu noble-updates/restricted amd64 Packages\n';
  t.same(parseMadison(madison), [{ name: 'nvidia-driver-580', version: '580.95.05-0ubuntu0.24.04.2' }]);
  const policy = 'a:\n  Installed: (none)\n  Candidate: (none)\n  Version table:\nb:\n  Installed: 1\n  Candidate: 2\n  Version table:\n';
  t.same([...parseCandidates(policy)], ['b']);
});
