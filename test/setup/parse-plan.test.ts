import t from 'tap';
import { mutableRootedHost } from '../../src/host/mutable-rooted-host.js';
import { parsePlan } from '../../src/setup/parse-plan.js';
import type { Plan } from '../../src/setup/plan.js';
import { plannedStep } from '../../src/setup/planned-step.js';
import { step } from '../../src/setup/step.js';
import { installPackages } from '../../src/setup/steps/install-packages.js';
import { runInstaller } from '../../src/setup/steps/run-installer.js';
import { writeFile } from '../../src/setup/steps/write-file.js';

const host = mutableRootedHost(t.testdir({}));
const about = (id: string, after: readonly string[] = []) => ({ id, because: [], why: 'The test wants it', after });
const packages = { packages: ['dkms=3.0.10'], refresh: true, recommends: false, hold: true, present: [] };
const installer = { file: '/root/驱动 files/NVIDIA-Linux-x86_64-580.95.05.run', version: '580.95.05', args: ['--silent'] } as const;
const [write, install, run] = [
  await plannedStep(step(writeFile, { path: '/etc/modprobe.d/x.conf', text: 'a\nb\n' }, about('write')), host),
  await plannedStep(step(installPackages, packages, about('install', ['write'])), host),
  await plannedStep(step(runInstaller, installer, about('run', ['install'])), host),
];
const plan: Plan = {
  format: 1,
  outcome: 'plan',
  goal: 'driver',
  madeBy: 'gpu-setup test',
  madeOn: { machineId: null, bootId: 'b', kernel: 'k', distribution: null, architecture: null },
  assumptions: [],
  facts: [],
  decisions: [],
  preflight: [],
  warnings: [],
  steps: [write, install, run],
  afterReboot: [],
  needs: ['root'],
  complete: true,
  proof: [],
  request: { dkms: true },
};
const parsed = (document: unknown) => parsePlan(JSON.stringify(document), 'plan.json');

t.test('what is written is what is read', async (t) => {
  t.same(parsed(plan), JSON.parse(JSON.stringify(plan)));
});

t.test('a plan that somebody else wrote is refused, with the place', async (t) => {
  const cases: readonly (readonly [what: string, document: unknown, said: RegExp])[] = [
    ['an unknown kind', { ...plan, steps: [{ ...write, kind: 'run-shell' }] }, /`steps\.0\.kind`/],
    [
      'a way up',
      { ...plan, steps: [{ ...write, params: { path: '/etc/../root/x', text: '' } }] },
      /steps\.0 \(write\)\.params`: path:.*without `\.\.`/,
    ],
    ['a line break in a path', { ...plan, steps: [{ ...write, params: { path: '/etc/x\ny', text: '' } }] }, /control characters/],
    ['a null byte', { ...plan, steps: [{ ...run, after: [], params: { ...installer, file: '/root/x\0.run' } }] }, /control characters/],
    [
      'an option as a package',
      { ...plan, steps: [{ ...install, after: [], params: { ...packages, packages: ['--purge'] } }] },
      /params`: packages\.0/,
    ],
    [
      'a sequence that clears the screen',
      { ...plan, steps: [{ ...write, why: { words: 'a\u001b[2Jb', findings: [] } }] },
      /control characters/,
    ],
    ['other commands than it means', { ...plan, steps: [{ ...install, after: [], commands: [] }] }, /not what its parameters mean/],
    [
      'another undo than it means',
      { ...plan, steps: [{ ...write, undo: { words: 'Nothing', commands: [] } }] },
      /not what its parameters mean/,
    ],
    ['an id twice', { ...plan, steps: [write, write] }, /another step has this id/],
    ['an id that is a path', { ...plan, steps: [{ ...write, id: '../x' }] }, /`steps\.0\.id`/],
    ['a step before it that is not there', { ...plan, steps: [install] }, /comes after `write`/],
    ['a circle', { ...plan, steps: [{ ...write, after: ['write'] }] }, /wait for each other/],
    ['more than there is', { ...plan, hooks: ['x'] }, /hooks/],
    ['a newer format', { ...plan, format: 2 }, /`format`/],
    ['a refusal', { ...plan, outcome: 'refused' }, /says why there is none/],
    ['a list', [], /expected object/],
  ];
  for (const [what, document, message] of cases) t.throws(() => parsed(document), { name: 'UserError', exitCode: 2, message }, what);
  t.throws(() => parsePlan('{"format": 1', 'plan.json'), { exitCode: 2, message: /not JSON/ });
});
