import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { toTheEnd } from './cut-off.js';
import { surviveCuts } from './cuts.js';
import { overlaySystem } from './overlay-system.js';
import { endSteps, exceptions, fileSteps, furnish, planOf } from './test-plan.js';

// Many child processes: a busy machine takes its time.
t.setTimeout(300_000);

const system = (await overlaySystem())!;
if (system) t.teardown(() => system.close());
const options = { skip: system ? false : 'this machine lets nobody mount an overlay, or has no apt' };
const file = '/root/plan.json';
if (system) furnish(system);
const plan = system && (await planOf(system, [...fileSteps, ...endSteps]));
if (system) system.write(file, JSON.stringify(plan));
const tree = () => Object.fromEntries(system.tree(exceptions));
const apply = (...more: readonly string[]) => toTheEnd(system, ['apply', file, '--yes', ...more]);
const undo = () => toTheEnd(system, ['undo', '--yes']);

t.test('applied, told, applied again, undone in part, resumed, undone', options, async (t) => {
  const before = tree();
  t.match(await toTheEnd(system, ['apply', file]), { code: 6, stderr: /hint: .*`--yes`/ });
  const first = await apply('--json');
  t.equal(first.code, 0, first.stderr);
  t.match(JSON.parse(first.stdout), { plan: '0001', run: 'apply', outcome: 'done', exitCode: 0 });
  const after = tree();
  t.notSame(after, before);
  t.match((await toTheEnd(system, ['history'])).stdout, /0001 {2}driver[\s\S]*done +write-deep/);
  t.match(await apply(), { code: 0, stdout: 'Nothing to do: the machine is as planned\n' });
  t.match(await toTheEnd(system, ['undo', 'write-deap', '--yes']), { code: 2, stderr: /did you mean `write-deep`/ });
  t.equal((await toTheEnd(system, ['undo', 'change-kept', '--yes'])).code, 0);
  t.match(JSON.parse((await toTheEnd(system, ['history', '--json'])).stdout).plans[0].steps, [
    {},
    {},
    { state: 'done' },
    { state: 'undone' },
  ]);
  t.match(await apply(), { code: 3, stderr: /Plan 0001 is not finished[\s\S]*resume/ });
  t.equal((await toTheEnd(system, ['resume', '--yes'])).code, 0);
  t.same(tree(), after);
  t.equal((await undo()).code, 0);
  t.same(tree(), before);
  t.match(await undo(), { code: 0, stdout: 'Nothing to undo\n' });
  const log = readFileSync(join(system.root, '/var/lib/gpu-setup/plans/0001/commands.jsonl'), 'utf8').trim().split('\n');
  t.match(JSON.parse(log[1]!), { event: 'ended', argv: ['systemctl', 'stop', 'display-manager.service'], code: 0, ms: Number });
});

t.test('--until stops there, and resume goes on', options, async (t) => {
  t.match(await apply('--until', 'remove-old'), { code: 0, stdout: /as far as `remove-old`/ });
  t.match(await apply('--until', 'nonsense'), { code: 2 });
  t.equal((await toTheEnd(system, ['resume', '--yes'])).code, 0);
  t.equal((await undo()).code, 0);
});

t.test('a failed step gives the display back, and the hint says how to go on', options, async (t) => {
  // A folder where the file is to be.
  const inTheWay = join(system.root, '/etc/gpu-setup-new');
  const before = tree();
  system.write('/etc/gpu-setup-new', 'a file where a folder is to be\n');
  const failed = await apply();
  t.match(failed, { code: 3, stderr: /FAIL {2}write-deep[\s\S]*is no folder[\s\S]*hint: .*`gpu-setup resume`/ });
  t.ok(readdirSync(join(system.root, '/srv/units')).length === 1, 'the display runs');
  system.run(['rm', '/etc/gpu-setup-new']);
  t.equal((await toTheEnd(system, ['resume', '--yes'])).code, 0);
  t.ok(readdirSync(inTheWay).length === 1);
  t.equal((await undo()).code, 0);
  t.same(tree(), before);
});

t.test('a full disk and a read-only one are errors that can be mended', options, async (t) => {
  const before = tree();
  for (const [mount, said] of [
    [['-t', 'tmpfs', '-o', 'size=4k,mode=755', 'tmpfs'], /no space is left/],
    [['-t', 'tmpfs', '-o', 'ro,mode=755', 'tmpfs'], /read-only/],
  ] as const) {
    system.run(['mount', ...mount, '/etc/modprobe.d']);
    if (said.source.includes('space')) system.run(['dd', 'if=/dev/zero', 'of=/etc/modprobe.d/full', 'bs=4096', 'count=1']);
    t.match(await apply(), { code: 3, stderr: said });
    system.run(['umount', '/etc/modprobe.d']);
    t.equal((await toTheEnd(system, ['resume', '--yes', '--until', 'blacklist'])).code, 0);
    t.equal((await undo()).code, 0);
  }
  system.run(['mount', '-t', 'tmpfs', '-o', 'ro', 'tmpfs', '/var/lib/gpu-setup']);
  t.match(await apply(), { code: 3, stderr: /read-only[\s\S]*GPU_SETUP_STATE_DIR/ });
  system.run(['umount', '/var/lib/gpu-setup']);
  t.same(tree(), before);
});

t.test('two runs at once: the second is refused with the pid of the first; a dead one counts no more', options, async (t) => {
  const holder = process.pid;
  const started = readFileSync(`/proc/${holder}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')[19];
  const bootId = plan.madeOn.bootId;
  system.write('/var/lib/gpu-setup/lock', JSON.stringify({ pid: holder, started, bootId }));
  t.match(await apply(), { code: 3, stderr: new RegExp(`process ${holder}`) });
  system.write('/var/lib/gpu-setup/lock', JSON.stringify({ pid: holder, started: '1', bootId }));
  t.equal((await apply()).code, 0);
  t.equal((await undo()).code, 0);
  t.notOk(readdirSync(join(system.root, '/var/lib/gpu-setup')).some((name) => name.startsWith('lock')));
});

t.test('interrupted, it ends the step at hand and says how to go on', options, async (t) => {
  const before = tree();
  system.write(
    '/usr/local/sbin/systemctl',
    `${readFileSync(join(system.root, '/usr/local/sbin/systemctl'), 'utf8').replace('  stop)', '  stop) sleep 2;')}`,
    0o755,
  );
  const child = system.start(['apply', file, '--yes']);
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    if (!stderr.includes('stop-display') && text.includes('stop-display')) child.kill('SIGINT');
    stderr += text;
  });
  t.equal(await new Promise((resolve) => child.on('exit', resolve)), 130);
  t.match(stderr, /finishing the step at hand[\s\S]*ok {4}stop-display[\s\S]*Interrupted before step `blacklist`[\s\S]*`gpu-setup resume`/);
  furnish(system);
  t.equal((await toTheEnd(system, ['resume', '--yes'])).code, 0);
  t.equal((await undo()).code, 0);
  t.same(tree(), before);
});

t.test('a plan that does not fit or cannot be trusted is refused before anything changes', options, async (t) => {
  const before = tree();
  const [stop, write, ...others] = plan.steps;
  const refused = async (what: unknown, said: RegExp) => {
    system.write('/root/bad.json', typeof what === 'string' ? what : JSON.stringify(what));
    t.match(await toTheEnd(system, ['apply', '/root/bad.json', '--yes']), { code: 2, stderr: said });
  };
  await refused({ ...plan, madeOn: { ...plan.madeOn, machineId: '0'.repeat(32) } }, /made for another machine/);
  await refused({ ...plan, steps: [stop, { ...write, params: { path: '/etc/../root/x', text: '' } }, ...others] }, /without `\.\.`/);
  system.write('/etc/gpu-setup-kept.conf', 'changed meanwhile\n', 0o600);
  t.match(await apply(), { code: 2, stderr: /has changed since the plan was made: `\/etc\/gpu-setup-kept\.conf`/ });
  furnish(system);
  t.same(tree(), before);
});

t.test('a reboot ends the run; a unit goes on once', options, async (t) => {
  const { step } = await import('../../src/setup/step.js');
  const { reboot } = await import('../../src/setup/steps/reboot.js');
  const before = tree();
  const about = { id: 'reboot', because: [], why: 'The test wants it', after: ['blacklist'] };
  const ends = await planOf(system, [...fileSteps.slice(0, 2), step(reboot, { bootId: plan.madeOn.bootId }, about)]);
  system.write('/root/reboot.json', JSON.stringify(ends));
  t.match(await toTheEnd(system, ['apply', '/root/reboot.json', '--yes']), { code: 4, stdout: /Restart the machine.*by itself/ });
  const unit = readFileSync(join(system.root, '/etc/systemd/system/gpu-setup-resume.service'), 'utf8');
  t.match(unit, /^ExecStart="\/.*" "\/.*main\.js" "resume" "--after-boot"$/m);
  t.notMatch(unit, /[{}]/);
  t.ok(readdirSync(join(system.root, '/etc/systemd/system/multi-user.target.wants')).includes('gpu-setup-resume.service'));
  // The journal of a boot before this one, as it is after a reboot.
  const journal = readdirSync(join(system.root, '/var/lib/gpu-setup/plans')).sort().at(-1)!;
  const path = `/var/lib/gpu-setup/plans/${journal}/journal.jsonl`;
  system.write(path, readFileSync(join(system.root, path), 'utf8').replaceAll(plan.madeOn.bootId!, 'the-boot-before'), 0o600);
  t.match(await toTheEnd(system, ['resume', '--after-boot']), { code: 0, stdout: /Done: plan/ });
  t.notOk(readdirSync(join(system.root, '/etc/systemd/system')).includes('gpu-setup-resume.service'), 'the unit took itself away');
  t.match(await toTheEnd(system, ['resume', '--after-boot']), { code: 0, stdout: 'Nothing to go on with\n' });
  t.equal((await undo()).code, 0);
  mkdirSync(join(system.root, '/etc/systemd/system/multi-user.target.wants'), { recursive: true });
  t.same(tree(), before);
});

t.test('killed in the middle, it goes on; every other record is cut in apply-cuts.slow.test.ts', options, (t) =>
  surviveCuts(t, system, file, { records: [5], lagMs: 60, tree: () => system.tree(exceptions) }),
);
