import t from 'tap';
import { versionMismatch } from '../../../src/doctor/checks/version-mismatch.js';
import { factsOf } from '../../../src/doctor/fact.js';
import { libraryOwners } from '../../../src/doctor/facts/library-owners.js';
import { hostOf } from '../../host/host-of.js';
import { libraries, loaded, pciFunction, together, verdictOf } from '../checks/verdict-of.js';

const folder = '/usr/lib/x86_64-linux-gnu';
const machine = together(
  pciFunction('nvidia'),
  loaded('550.144.03'),
  libraries('570.124.06'),
  libraries('550.144.03'),
  libraries('535.54.03'),
  {
    files: {
      '/var/lib/dpkg/status': 'Package: libnvidia-compute-550\nStatus: install ok installed\nVersion: 550.144.03-0ubuntu1\n',
      '/var/lib/dpkg/info/libnvidia-compute-550:amd64.list': `/.\n${folder}/libcuda.so.550.144.03\n${folder}/libnvidia-ml.so.550.144.03\n`,
      '/var/lib/dpkg/info/libnvidia-compute-5500.list': `${folder}/libcuda.so.535.54.03\n`,
      '/var/lib/nvidia/log': `570.124.06\nNVIDIA driver (570.124.06)\n1: ${folder}/libcuda.so.570.124.06\n123\n`,
    },
  },
);

t.test('each library of the driver has an owner: a package, the installer, or nobody', async (t) => {
  const owners = await factsOf(await hostOf(t, machine)).of(libraryOwners);
  t.ok(owners.known);
  const told = owners.known ? Object.fromEntries(owners.value) : {};
  t.same(told, {
    [`${folder}/libcuda.so.550.144.03`]: { kind: 'package', name: 'libnvidia-compute-550' },
    [`${folder}/libnvidia-ml.so.550.144.03`]: { kind: 'package', name: 'libnvidia-compute-550' },
    [`${folder}/libcuda.so.570.124.06`]: { kind: 'run' },
    [`${folder}/libnvidia-ml.so.570.124.06`]: { kind: 'nobody' },
    [`${folder}/libcuda.so.535.54.03`]: { kind: 'nobody' },
    [`${folder}/libnvidia-ml.so.535.54.03`]: { kind: 'nobody' },
  });
});

t.test('a mismatch says whose libraries they are; where no record can be read it does not', async (t) => {
  const verdict = await verdictOf(t, versionMismatch, machine);
  const evidence = verdict.status === 'found' ? verdict.problem.evidence.join('\n') : '';
  t.match(evidence, /libcuda\.so\.550\.144\.03, of the package libnvidia-compute-550\)/);
  t.match(evidence, /libcuda\.so\.570\.124\.06, of the `\.run` installer\)/);
  t.match(evidence, /libcuda\.so\.535\.54\.03, of no package and no installer\)/);
  const bare = await verdictOf(t, versionMismatch, together(pciFunction('nvidia'), loaded('550.144.03'), libraries('570.124.06')));
  t.notMatch(JSON.stringify(bare), /of no package/);
});
