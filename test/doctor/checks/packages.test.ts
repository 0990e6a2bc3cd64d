import fc from 'fast-check';
import t from 'tap';
import { packagesOfSeveralOrigins } from '../../../src/doctor/checks/packages-of-several-origins.js';
import { packagesOfSeveralVersions } from '../../../src/doctor/checks/packages-of-several-versions.js';
import { driverParts } from '../../../src/doctor/driver-packages.js';
import { ran } from '../../host/host-of.js';
import { verdictOf } from './verdict-of.js';

const installed = (versions: Readonly<Record<string, string>>) => ({
  files: {
    '/var/lib/dpkg/status': Object.entries(versions)
      .map(([name, version]) => `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`)
      .join('\n'),
  } as const,
});

t.test('driver/packages-of-several-origins', async (t) => {
  const verdict = (versions: Readonly<Record<string, string>>) => verdictOf(t, packagesOfSeveralOrigins, installed(versions));
  const ubuntu = { 'nvidia-driver-570': '570.133.07-0ubuntu0.24.04.1', 'nvidia-utils-570': '570.133.07-0ubuntu0.24.04.1' };
  t.match(await verdict(ubuntu), { status: 'clear' });
  t.match(await verdict({ ...ubuntu, 'libnvidia-compute-570': '570.133.07-0ubuntu1' }), {
    problem: { severity: 'warning', evidence: [/of Ubuntu$/, /of Ubuntu$/, /-0ubuntu1$/] },
  });
  t.match(await verdict({ ...ubuntu, 'libnvidia-gl-570': '570.133.07-0ubuntu0~gpu24.04.1' }), {
    problem: { evidence: [/of Ubuntu$/, /of Ubuntu$/, /graphics-drivers PPA$/] },
  });
  const other = await verdict({ ...ubuntu, 'libnvidia-compute-570': '570.124.06-0ubuntu1' });
  t.match(other, { status: 'clear' }, 'other versions are another check’s word');
  const debian = { 'nvidia-driver': '535.216.03-1~deb12u1', libcuda1: '535.216.03-1~deb12u1+b1', 'nvidia-smi': '535.216.03-1~deb12u1' };
  t.match(await verdict(debian), { status: 'clear' }, 'a package that was compiled again is of the same build');
  t.match(await verdict({ 'cuda-toolkit-12-8': '12.8.1-1', 'nvidia-container-toolkit': '1.17.8-1' }), { status: 'not-applicable' });
  const arch = { directories: { '/var/lib/pacman/local': ['nvidia-open-dkms-565.77-6', 'nvidia-utils-565.77-2'] } } as const;
  t.match(await verdictOf(t, packagesOfSeveralOrigins, arch), { status: 'not-applicable' });
});

t.test('driver/packages-of-several-versions: what other distributions put into a version', async (t) => {
  const verdict = (versions: Readonly<Record<string, string>>) => verdictOf(t, packagesOfSeveralVersions, installed(versions));
  t.match(await verdict({ 'nvidia-driver': '535.216.03-1', 'nvidia-kernel-common': '20220217+3~deb12u1' }), { status: 'clear' });
  t.match(await verdict({ 'nvidia-driver': '535.216.03-1', libcuda1: '535.183.01-1' }), {
    problem: { summary: /535\.216\.03, 535\.183\.01/ },
  });
  const names = ['*nvidia*', '*cuda*', 'libcudnn*', 'kernel*', 'dkms', 'gcc', 'make'];
  const query = ['rpm', '--query', '--all', '--queryformat=%{NAME}|%{VERSION}-%{RELEASE}\\n', ...names] as const;
  const kmp = 'nvidia-driver-G06-kmp-default|550.144.03_k6.4.0_150600.21-lp156.37.1\nnvidia-compute-utils-G06|550.144.03-lp156.37.1\n';
  t.match(await verdictOf(t, packagesOfSeveralVersions, { commands: [ran([...query], kmp)] }), { status: 'clear' });
});

t.test('version and revision of a part are read back', async () => {
  const version = fc
    .tuple(fc.integer({ min: 100, max: 999 }), fc.nat(999), fc.option(fc.nat(99)))
    .map((parts) => parts.filter((each) => each !== null).join('.'));
  const revision = fc.stringMatching(/^[0-9][a-z0-9.~]{0,12}$/);
  fc.assert(
    fc.property(version, revision, fc.boolean(), fc.boolean(), (driver, behind, epoch, again) => {
      const text = `${epoch ? '1:' : ''}${driver}-${behind}${again ? '+b2' : ''}`;
      const [part] = driverParts([{ name: 'libnvidia-compute-550', version: text, held: false, complete: true }]);
      return part?.driver === driver && part.revision === behind;
    }),
  );
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      (text) => void driverParts([{ name: 'libcuda1', version: text, held: false, complete: true }]),
    ),
  );
});
