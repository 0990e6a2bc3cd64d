import { Command } from 'commander';
import t from 'tap';
import type { CliCommand } from '../../src/cli/command.js';
import { disableNouveau } from '../../src/cli/commands/disable-nouveau.js';
import { enableNouveau } from '../../src/cli/commands/enable-nouveau.js';
import { installDriver } from '../../src/cli/commands/install-driver.js';
import { uninstallDriver } from '../../src/cli/commands/uninstall-driver.js';
import type { UserError } from '../../src/errors.js';
import { testTerminal } from './test-terminal.js';

const fixture = (name: string) => new URL(`../fixtures/hosts/${name}`, import.meta.url).pathname;

/** What a command prints, and how it ends. */
async function ran(command: CliCommand, ...args: readonly string[]) {
  const terminal = testTerminal({ env: { PATH: '/nowhere' }, cwd: '/' });
  const program = new Command('gpu-setup').version('9.9.9').exitOverride();
  let code: number | undefined;
  command.register(program, (handler) => async (...given) => {
    code = await handler(terminal, ...given);
  });
  const name = program.commands[0]!.name();
  let error: unknown;
  try {
    await program.parseAsync([name, ...args], { from: 'user' });
  } catch (thrown) {
    error = thrown;
  }
  return { out: terminal.printed.join('\n'), code, error: error as UserError | undefined };
}

t.test('each plans for another machine, for people and as one document', async (t) => {
  const table = [
    [disableNouveau, 'nouveau-desktop', 'no-nouveau', /^Plan: keep the kernel's own drivers off the GPU\n/],
    [enableNouveau, 'nouveau-desktop', 'nouveau', /^Plan: let the kernel's own drivers have the GPU\n/],
    [uninstallDriver, 'ubuntu-24.04-driver-580', 'no-driver', /^Plan: take the NVIDIA driver away\n/],
    [installDriver, 'debian-12-h100', 'driver', /^Plan: install the NVIDIA driver\n/],
  ] as const;
  for (const [command, host, goal, title] of table) {
    const text = await ran(command, '--dry-run', '--host', fixture(host));
    t.match(text, { code: 0, out: title }, goal);
    const json = await ran(command, '--dry-run', '--json', '--host', fixture(host));
    t.match(JSON.parse(json.out), { format: 1, outcome: 'plan', goal, madeBy: 'gpu-setup 9.9.9' });
    t.match((await ran(command, '--host', fixture(host))).error, {
      exitCode: 2,
      message: /changes this machine alone|installs on this machine alone/,
    });
  }
});

t.test('a refusal is one line with its cure, and a document where that is asked for', async (t) => {
  const refused = await ran(enableNouveau, '--dry-run', '--json', '--host', fixture('ubuntu-24.04-driver-580'));
  t.match(refused.error, { exitCode: 1, message: /needs nouveau and nova_core off the GPU/, hint: /uninstall-driver --enable-nouveau/ });
  t.match(JSON.parse(refused.out), { outcome: 'refused', goal: 'nouveau' });
  t.match(
    (await ran(installDriver, '--dry-run', '--sha256', 'x', '--from', 'run', '--driver', '580.95.05', '--host', fixture('debian-12-h100')))
      .error,
    { exitCode: 2, message: /no SHA-256/ },
  );
});
