import { Command } from 'commander';
import t from 'tap';
import { doctor } from '../../../src/cli/commands/doctor.js';
import type { Terminal } from '../../../src/cli/terminal.js';

t.test('an interrupt ends the doctor with 130, and prints no half report', async (t) => {
  const stop = new AbortController();
  stop.abort();
  const terminal: Terminal = {
    env: { PATH: process.env.PATH },
    cwd: '/',
    signal: stop.signal,
    interactive: false,
    out: (text) => t.fail(text),
    say: (text) => t.fail(text),
    style: (_, text) => text,
    confirm: async () => false,
  };
  const program = new Command('gpu-setup').version('9.9.9').exitOverride();
  let code: number | undefined;
  doctor.register(program, (handler) => async (...given) => {
    code = await handler(terminal, ...given);
  });
  await program.parseAsync(['doctor'], { from: 'user' });
  t.equal(code, 130);
});
