import fc from 'fast-check';
import t from 'tap';
import { cudnnMismatch } from '../../../src/doctor/checks/cudnn-mismatch.js';
import { ncclShadowed } from '../../../src/doctor/checks/nccl-shadowed.js';
import { parseCudaLibrary } from '../../../src/doctor/facts/cuda-libraries.js';
import { shadowOf } from '../../../src/doctor/shadowed-library.js';
import type { HostPath } from '../../../src/host/host.js';
import { ran } from '../../host/host-of.js';
import { pciFunction, together, verdictOf } from './verdict-of.js';

const packages = '/usr/local/lib/python3.12/dist-packages';
const framework = (...infos: readonly string[]) => ({
  directories: { '/usr/bin': ['python3'], '/usr/local/lib': ['python3.12'] } as const,
  files: Object.fromEntries(infos.map((info) => [`${packages}/${info}.dist-info/METADATA`, ''])) as Record<HostPath, string>,
  commands: [ran(['/usr/bin/python3', '--version'], 'Python 3.12.3\n')],
});
const library = (path: HostPath) => ({ files: { [path]: '' } });
const path = (...folders: readonly string[]) => ({ commands: [ran(['printenv', 'LD_LIBRARY_PATH'], `${folders.join(':')}\n`)] });

t.test('python/cudnn-mismatch: what the system has, against what a release of TensorFlow was built with', async (t) => {
  const machine = together(pciFunction('nvidia'), framework('tensorflow-2.19.0'));
  const system = '/usr/lib/x86_64-linux-gnu';
  const verdict = (...libraries: readonly HostPath[]) => verdictOf(t, cudnnMismatch, together(machine, ...libraries.map(library)));
  t.match(await verdict(), { status: 'clear' }, 'that it is missing is another check’s word');
  t.match(await verdict(`${system}/libcudnn.so.9.0.0`), { problem: { severity: 'warning', summary: /cuDNN 9\.3 and gets 9\.0\.0/ } });
  t.match(await verdict(`${system}/libcudnn.so.9.3.1`), { status: 'clear' });
  t.match(await verdict(`${system}/libcudnn.so.9.10.0`), { status: 'clear' }, 'ten is more than three');
  t.match(await verdict(`${system}/libcudnn.so.8.9.7`), { status: 'clear' }, 'another major version has another name');
  t.match(await verdictOf(t, cudnnMismatch, together(pciFunction('nvidia'), framework('jaxlib-0.4.30'))), { status: 'not-applicable' });
});

t.test('python/cudnn-mismatch: a wheel beside it gives way to LD_LIBRARY_PATH alone', async (t) => {
  const machine = together(pciFunction('nvidia'), framework('tensorflow-2.19.0', 'nvidia_cudnn_cu12-9.3.0.75'));
  const older = library('/usr/lib/x86_64-linux-gnu/libcudnn.so.9.0.0');
  t.match(await verdictOf(t, cudnnMismatch, together(machine, older)), { status: 'clear' });
  const first = together(machine, library('/opt/cudnn/lib/libcudnn.so.9.1.1'), path('/opt/cudnn/lib'));
  t.match(await verdictOf(t, cudnnMismatch, first), {
    problem: { evidence: [/tensorflow 2\.19\.0/, 'LD_LIBRARY_PATH: /opt/cudnn/lib/libcudnn.so.9.1.1'] },
  });
});

t.test('python/nccl-shadowed', async (t) => {
  const machine = together(pciFunction('nvidia'), framework('torch-2.9.1+cu128', 'nvidia_nccl_cu12-2.27.5'), path('/opt/nccl'));
  t.match(await verdictOf(t, ncclShadowed, machine), { status: 'clear' });
  t.match(await verdictOf(t, ncclShadowed, together(machine, library('/opt/nccl/libnccl.so.2.18.3'))), {
    problem: { severity: 'warning', summary: 'torch 2.9.1 brings NCCL 2.27.5 and gets 2.18.3' },
  });
  t.match(await verdictOf(t, ncclShadowed, together(machine, library('/opt/nccl/libnccl.so.2.28.0'))), { status: 'clear' });
  const system = library('/usr/lib/x86_64-linux-gnu/libnccl.so.2.18.3');
  t.match(await verdictOf(t, ncclShadowed, together(machine, system)), { status: 'clear' }, 'the system’s folders come later');
});

t.test('names of libraries are read back, and the first in the path decides', async () => {
  const version = fc.array(fc.nat(99), { minLength: 2, maxLength: 4 }).map((parts) => parts.join('.'));
  fc.assert(
    fc.property(fc.constantFrom('cudnn', 'nccl'), version, (name, each) => {
      const parsed = parseCudaLibrary(`lib${name}.so.${each}`);
      return parsed?.library === name && parsed.version === each && parseCudaLibrary(`lib${name}_ops.so.${each}`) === undefined;
    }),
  );
  fc.assert(
    fc.property(fc.array(version), version, (all, built) => {
      const found = all.map((each) => ({ library: 'cudnn', version: each, path: '/x', where: 'LD_LIBRARY_PATH' }) as const);
      const shadow = shadowOf(found, { library: 'cudnn', built, beside: true });
      return shadow === undefined || shadow === found.find((each) => each.version.split('.')[0] === built.split('.')[0]);
    }),
  );
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseCudaLibrary(text)));
});
