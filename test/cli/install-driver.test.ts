import { Command } from 'commander';
import t from 'tap';
import { installDriver } from '../../src/cli/commands/install-driver.js';
import { UserError } from '../../src/errors.js';
import { testTerminal } from './test-terminal.js';

const fixture = (name: string) => new URL(`../fixtures/hosts/${name}`, import.meta.url).pathname;

/** What `gpu-setup install-driver ARGS` prints, and how it ends. */
async function ran(...args: readonly string[]) {
  const terminal = testTerminal({ env: { PATH: '/nowhere' }, cwd: '/' });
  const program = new Command('gpu-setup').version('9.9.9').exitOverride();
  let code: number | undefined;
  installDriver.register(program, (handler) => async (...given) => {
    code = await handler(terminal, ...given);
  });
  let error: unknown;
  try {
    await program.parseAsync(['install-driver', ...args], { from: 'user' });
  } catch (thrown) {
    error = thrown;
  }
  return { out: terminal.printed.join('\n'), said: terminal.said.join('\n'), code, error: error as UserError | undefined };
}

t.test('a dry run prints the plan, for people and as one document', async (t) => {
  const host = ['--host', fixture('debian-12-h100')];
  const text = await ran('--dkms', '--dry-run', ...host);
  t.equal(text.code, 0);
  t.match(text.out, /^Plan: install the NVIDIA driver\n/);
  const json = await ran('--dkms', '--dry-run', '--json', ...host);
  t.equal(json.code, 0);
  t.match(JSON.parse(json.out), { format: 1, outcome: 'plan', goal: 'driver', madeBy: 'gpu-setup 9.9.9', complete: true });
});

t.test('a machine without a GPU is refused with exit code 1, in JSON too', async (t) => {
  const host = ['--host', fixture('empty-vm')];
  const text = await ran('--dkms', '--dry-run', ...host);
  t.ok(text.error instanceof UserError);
  t.match(text.error, { message: /no NVIDIA GPU/, exitCode: 1 });
  t.equal(text.out, '');
  const json = await ran('--dkms', '--dry-run', '--json', ...host);
  t.match(json.error, { exitCode: 1 });
  t.match(JSON.parse(json.out), { outcome: 'refused', reasons: [{ exitCode: 1, reason: /no NVIDIA GPU/ }] });
});

t.test('an unknown distribution is refused with exit code 2', async (t) => {
  t.match((await ran('--dkms', '--dry-run', '--host', fixture('fedora-41-gpu'))).error, { exitCode: 2, message: /Fedora/ });
});

t.test('a GPU can be assumed, and the plan says so', async (t) => {
  const { out, code } = await ran('--dkms', '--dry-run', '--host', fixture('debian-12-h100'), '--assume-gpu', '1db6', '2684');
  t.equal(code, 0);
  t.match(out, /ASSUMED: the GPU 10de:1db6[\s\S]*ASSUMED: the GPU 10de:2684/);
});

t.test('another machine is planned for and not changed', async (t) => {
  const { error, out } = await ran('--dkms', '--host', fixture('debian-12-h100'));
  t.match(error, { exitCode: 2, message: /this machine alone/, hint: /--dry-run/ });
  t.equal(out, '');
});

t.test('wrong words are wrong usage', async (t) => {
  t.match((await ran('--dry-run', '--run', 'driver.run')).error, { exitCode: 2, message: /`\/driver.run`/ });
  t.match((await ran('--dry-run', '--host', '/no/such/folder')).error, { exitCode: 2 });
  t.match((await ran('--dry-run', '--from', 'snap')).error, { code: 'commander.invalidArgument' });
});
