import t from 'tap';
import { condaBroken } from '../../../src/doctor/checks/conda-broken.js';
import { noInterpreter } from '../../../src/doctor/checks/no-interpreter.js';
import { noToolkit } from '../../../src/doctor/checks/no-toolkit.js';
import { nvccNotInPath } from '../../../src/doctor/checks/nvcc-not-in-path.js';
import { ran } from '../../host/host-of.js';
import { together, verdictOf } from './verdict-of.js';

const toolkit = (version: string) => ({
  files: {
    [`/usr/local/cuda-${version}/version.json` as const]: `{"cuda": {"version": "${version}.0"}}`,
    [`/usr/local/cuda-${version}/bin/nvcc` as const]: '',
  },
});
const first = (version: string) => ({
  directories: { [`/usr/local/cuda-${version}/bin` as const]: ['nvcc'] },
  commands: [ran(['printenv', 'PATH'], `/usr/local/cuda-${version}/bin:/usr/bin\n`)],
});

t.test('cuda/no-toolkit', async (t) => {
  t.match(await verdictOf(t, noToolkit, {}), { problem: { severity: 'note' } });
  t.match(await verdictOf(t, noToolkit, together(toolkit('12.4'), toolkit('9.2'))), { status: 'clear', summary: 'CUDA 12.4.0, 9.2.0' });
  t.match(await verdictOf(t, noToolkit, { complete: [], programsComplete: false }), { status: 'undetermined' });
});

t.test('cuda/nvcc-not-in-path', async (t) => {
  t.match(await verdictOf(t, nvccNotInPath, {}), { status: 'not-applicable' });
  t.match(await verdictOf(t, nvccNotInPath, toolkit('12.4')), { problem: { severity: 'note', summary: 'nvcc is not in PATH' } });
  t.match(await verdictOf(t, nvccNotInPath, together(toolkit('12.4'), first('12.4'))), { status: 'clear' });
  t.match(await verdictOf(t, nvccNotInPath, together(toolkit('12.4'), toolkit('9.2'), first('9.2'))), {
    problem: { summary: /12\.4 is newer/, remedy: { commands: ['export PATH=/usr/local/cuda-12.4/bin:$PATH'] } },
  });
});

t.test('python/no-interpreter', async (t) => {
  const python = (name: string, version: string) => ({
    directories: { '/usr/bin': [name] } as const,
    commands: [ran([`/usr/bin/${name}`, '--version'], `Python ${version}\n`)],
  });
  t.match(await verdictOf(t, noInterpreter, { directories: { '/usr/bin': [] } }), { problem: { severity: 'note' } });
  t.match(await verdictOf(t, noInterpreter, python('python3', '3.12.3')), { status: 'clear', summary: 'Python 3.12.3' });
  t.match(await verdictOf(t, noInterpreter, python('python2', '2.7.18')), { problem: { summary: 'Only Python 2 is installed' } });
});

t.test('python/conda-broken', async (t) => {
  const root = { directories: { '/opt/conda/conda-meta': ['history'], '/usr/bin': [] } } as const;
  t.match(await verdictOf(t, condaBroken, {}), { status: 'not-applicable' });
  t.match(await verdictOf(t, condaBroken, root), { problem: { severity: 'warning', summary: /no Python that starts/ } });
  t.match(await verdictOf(t, condaBroken, together(root, { commands: [ran(['/opt/conda/bin/python', '--version'], 'Python 3.12.8\n')] })), {
    status: 'clear',
    summary: '1 conda environment',
  });
});
