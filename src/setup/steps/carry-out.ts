import { ExitCode, UserError } from '../../errors.js';
import type { Command, MutableHost } from '../../host/host.js';

/** How much of what a program printed goes into an error: the whole lies in the log. */
const shownLines = 8;

/** Runs `commands` one after another, as far as they go well. Answers what they printed. */
export async function carryOut(host: MutableHost, commands: readonly Command[]): Promise<string> {
  let printed = '';
  for (const command of commands) {
    const words = [command.program, ...command.args].join(' ');
    const ran = await host.execute(command);
    if (ran.outcome === 'absent') throw failure(`There is no \`${command.program}\` here`);
    if (ran.outcome === 'unavailable') throw failure(`\`${words}\` did not run: ${ran.why}`, command.asks);
    if (ran.outcome === 'timed-out') throw failure(`\`${words}\` did not end within ${Math.round(ran.afterMs / 1000)} seconds`);
    if (ran.code !== 0) throw failure(`\`${words}\` ended with ${ran.code}${said(ran.stdout)}`);
    printed += ran.stdout;
  }
  return printed;
}

const failure = (message: string, asks = false) =>
  new UserError(message, asks ? { exitCode: ExitCode.answerNeeded, hint: 'run it at a terminal' } : { exitCode: ExitCode.failed });

function said(output: string): string {
  const lines = output
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-shownLines);
  return lines.length === 0 ? '' : `:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
