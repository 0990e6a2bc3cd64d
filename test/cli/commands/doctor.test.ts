import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import t from 'tap';
import { doctor } from '../../../src/cli/commands/doctor.js';
import type { Terminal } from '../../../src/cli/terminal.js';
import type { Finding } from '../../../src/doctor/finding.js';
import type { DoctorDocument } from '../../../src/report/doctor-document.js';
import { parsePlan } from '../../../src/setup/parse-plan.js';
import { testTerminal } from '../test-terminal.js';

const fixture = (name: string) => `test/fixtures/hosts/${name}`;

/** Runs `gpu-setup doctor ARGS` in `terminal`; answers how it ends. */
async function endOf(terminal: Terminal, args: readonly string[]): Promise<number | undefined> {
  const program = new Command('gpu-setup').version('9.9.9').exitOverride();
  let code: number | undefined;
  doctor.register(program, (handler) => async (...given) => {
    code = await handler(terminal, ...given);
  });
  await program.parseAsync(['doctor', ...args], { from: 'user' });
  return code;
}

/** What `gpu-setup doctor ARGS` prints, and how it ends. */
async function ran(...args: readonly string[]) {
  const terminal = testTerminal({ say: (text) => t.fail(`the doctor does not talk: ${text}`) });
  const code = await endOf(terminal, args);
  return { out: terminal.printed.join('\n'), code };
}
const documentOf = async (...args: readonly string[]): Promise<DoctorDocument> => JSON.parse((await ran('--json', ...args)).out);
const byId = (findings: readonly Finding[], id: string) => findings.find((finding) => finding.id === id);

t.test('--json is one document, whose counts add up to its findings', async (t) => {
  const { out, code } = await ran('--json', '--host', fixture('unattended-upgrade'));
  const document: DoctorDocument = JSON.parse(out);
  t.equal(code, 1);
  t.match(document, {
    version: '9.9.9',
    host: { origin: 'snapshot', path: fixture('unattended-upgrade') },
    firstBroken: 'driver/version-mismatch',
  });
  t.equal(
    Object.values(document.counts).reduce((sum, count) => sum + count, 0),
    document.findings.length,
  );
});

t.test('it ends with 0 where no link is broken', async (t) => {
  const { out, code } = await ran('--host', fixture('healthy-server'));
  t.equal(code, 0);
  t.match(out, /^No broken link/m);
});

t.test('--only and --skip take ids and their beginnings', async (t) => {
  const { findings } = await documentOf(
    '--host',
    fixture('healthy-server'),
    '--only',
    'build/',
    'cuda/no-toolkit',
    '--skip',
    'build/no-make',
  );
  t.same(findings.map(({ id }) => id).sort(), [
    'build/gcc-differs-from-kernel',
    'build/no-gcc',
    'build/no-kernel-headers',
    'build/no-libc-headers',
    'build/no-module-symvers',
    'build/unsupported-kernel',
    'cuda/no-toolkit',
  ]);
  const blocked = await documentOf('--host', fixture('empty-vm'), '--only', 'driver/nvidia-smi-fails');
  t.same(
    blocked.findings.map(({ id, status }) => [id, status]),
    [
      ['host/no-nvidia-gpu', 'found'],
      ['driver/nvidia-smi-fails', 'blocked'],
    ],
  );
});

t.test('what cannot be meant is wrong usage, with what was meant', async (t) => {
  const fails = async (args: readonly string[], expected: { readonly message?: RegExp; readonly hint?: string | RegExp }) => {
    await t.rejects(ran(...args), { name: 'UserError', exitCode: 2, ...expected }, args.join(' '));
  };
  await fails(['--only', 'driver/nvidia-smi-fail5'], { hint: 'did you mean `driver/nvidia-smi-fails`?' });
  await fails(['--skip', 'kernle'], { hint: 'did you mean `kernel`?' });
  await fails(['--only', 'zzzzzzzzzzzz'], { hint: /doctor --list/ });
  await fails(['--only', 'build/', '--skip', 'build/'], { message: /Nothing is left/ });
  await fails(['--host', 'no/such/folder'], { message: /is not a folder/ });
});

t.test('--list names every check once, the engines among them', async (t) => {
  const { out, code } = await ran('--list');
  t.equal(code, 0);
  const listed = JSON.parse((await ran('--list', '--json')).out).checks as readonly { id: string }[];
  t.same(
    [...out.matchAll(/^([a-z]+\/[a-z-]+) /gm)].map(([, id]) => id),
    listed.map(({ id }) => id),
  );
  for (const id of ['host/no-nvidia-gpu', 'engine/tensorflow', 'engine/wasm'])
    t.ok(
      listed.some((each) => each.id === id),
      id,
    );
});

t.test('engines of this machine are looked at whatever its GPU does; of another one they are not', async (t) => {
  const here = await documentOf('--only', 'engine/', 'host/no-nvidia-gpu');
  const wasm = byId(here.findings, 'engine/wasm');
  t.equal(wasm?.status, 'clear', 'it ships with the program');
  t.notOk(here.findings.some(({ id, status }) => id.startsWith('engine/') && status === 'blocked'));
  const there = await documentOf('--host', fixture('empty-vm'), '--only', 'engine/');
  t.ok(there.findings.every(({ status }) => status === 'not-applicable'));
});

t.test('a folder that is no running machine leaves doubts, never an all-clear', async (t) => {
  const root = t.testdir({ etc: { 'os-release': 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12"\n' } });
  const { findings, counts } = await documentOf('--host', root);
  t.equal(byId(findings, 'host/no-nvidia-gpu')?.status, 'undetermined');
  t.ok(counts.undetermined > 5);
  t.match((await ran('--host', root)).out, /No broken link was found, and \d+ of \d+ checks could not look/);
});

t.test('--html writes the page beside the report, and a page that cannot be written stops before the look', async (t) => {
  const cwd = t.testdir({ inner: {} });
  const terminal = testTerminal({ cwd });
  t.equal(await endOf(terminal, ['--html', 'report.html', '--json', '--host', join(process.cwd(), fixture('unattended-upgrade'))]), 1);
  t.match(readFileSync(join(cwd, 'report.html'), 'utf8'), /^<!doctype html>[\s\S]*First broken link: libraries/);
  t.equal(JSON.parse(terminal.printed.join('\n')).firstBroken, 'driver/version-mismatch', 'stdout is the report all the same');
  t.match(terminal.said, [/report\.html$/]);
  await t.rejects(endOf(testTerminal({ cwd }), ['--html', 'inner']), { name: 'UserError', exitCode: 2, message: /is a folder/ });
  await t.rejects(endOf(testTerminal({ cwd }), ['--html', 'none/page.html']), { name: 'UserError', exitCode: 2, hint: /--html/ });
});

t.test('--fix --dry-run prints the plan, and ends as the doctor would', async (t) => {
  const host = ['--host', fixture('nouveau-in-initramfs')];
  const { out, code } = await ran('--fix', '--dry-run', ...host);
  t.match(out, /^Plan: mend what the doctor found\n[\s\S]*update-initramfs -u -k/);
  t.equal(code, 0, 'a warning is no blocker');
  const plan = JSON.parse((await ran('--fix', '--dry-run', '--json', ...host)).out);
  t.match(plan, {
    format: 1,
    goal: 'repair',
    outcome: 'plan',
    madeBy: 'gpu-setup 9.9.9',
    steps: [{ id: 'rebuild-initramfs' }],
    byHand: [],
  });
  t.equal((await ran('--fix', '--dry-run', '--host', fixture('unattended-upgrade'))).code, 1);
});

t.test('--fix mends this machine alone; another one’s plan is for reading', async (t) => {
  const refused = { name: 'UserError', exitCode: 2, message: /mends this machine alone/, hint: /`--dry-run`/ };
  await t.rejects(ran('--fix', '--host', fixture('unattended-upgrade')), refused);
  await t.rejects(ran('--fix', '--yes', '--host', fixture('healthy-server')), refused);
});

t.test('--fix where there is nothing to mend is no failure', async (t) => {
  const { out, code } = await ran('--fix', '--dry-run', '--host', fixture('healthy-server'));
  t.match(out, /Nothing to mend/);
  t.equal(code, 0);
  t.equal((await ran('--fix', '--dry-run', '--host', fixture('fallen-off-bus'))).code, 1, 'what is left to a person is still broken');
});

t.test('a plan that mends remembers which checks it is of', async (t) => {
  const host = ['--host', fixture('nouveau-in-initramfs')];
  const plan = JSON.parse((await ran('--fix', '--dry-run', '--json', '--only', 'kernel/nouveau', '--skip', 'engine/', ...host)).out);
  t.match(plan.request, { only: ['kernel/nouveau-loaded', 'kernel/nouveau-not-blacklisted', 'kernel/nouveau-in-initramfs'] });
  t.ok(plan.request.skip.includes('engine/torch'));
  t.same(parsePlan(JSON.stringify(plan), 'plan.json'), plan, 'and is a file that `apply` takes');
});

t.test('options that contradict each other are wrong usage', async (t) => {
  await t.rejects(ran('--dry-run'), { name: 'UserError', exitCode: 2, message: /belongs to `--fix`/ });
  await t.rejects(ran('--until', 'reboot'), { name: 'UserError', exitCode: 2, message: /`--until` belongs to `--fix`/ });
  await t.rejects(ran('--yes'), { name: 'UserError', exitCode: 2, message: /`--yes` belongs to `--fix`/ });
  await t.rejects(ran('--list', '--fix'), { name: 'UserError', exitCode: 2 });
  await t.rejects(ran('--list', '--html', 'x.html'), { name: 'UserError', exitCode: 2 });
});

t.test('an interrupt ends it with 130, and prints no half report', async (t) => {
  const terminal = testTerminal({ signal: AbortSignal.abort() });
  t.equal(await endOf(terminal, []), 130);
  t.same([terminal.printed, terminal.said], [[], []]);
});

t.test('the report is as wide as the terminal', async (t) => {
  const linesIn = async (columns: number) => {
    const terminal = testTerminal({ columns });
    await endOf(terminal, ['--host', fixture('unattended-upgrade')]);
    return terminal.printed.join('\n').split('\n');
  };
  const [narrow, wide] = [await linesIn(60), await linesIn(120)];
  t.ok(narrow.length > wide.length);
  t.ok(
    wide.some((line) => line.length > 80 && !/^ *\$ /.test(line)),
    'more than 80 columns are used',
  );
});

for (const name of ['empty-vm', 'unattended-upgrade']) {
  t.test(`the report of ${name}, for people`, async (t) => {
    const { out } = await ran('--host', fixture(name));
    const golden = `test/golden/doctor/${name}.txt`;
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, `${out}\n`);
    t.ok(existsSync(golden));
    t.equal(`${out}\n`, readFileSync(golden, 'utf8'));
    t.same(
      out.split('\n').filter((line) => line.length > 80 && !/^ *\$ /.test(line)),
      [],
      'only commands, which are there to be copied, are wider than 80 columns',
    );
  });
}
