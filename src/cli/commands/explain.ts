import { ExitCode, UserError } from '../../errors.js';
import { explainText } from '../../report/explain-text.js';
import type { CliCommand } from '../command.js';
import { openLog } from '../open-log.js';
import type { Terminal } from '../terminal.js';

interface ExplainOptions {
  readonly json?: true;
}

/** `gpu-setup explain`: the known failures in a log; looks at nothing else, so it works on any machine. */
export const explain: CliCommand = {
  register(program, run) {
    const version = program.version() ?? '';
    program
      .command('explain')
      .description('Name the known failures in a log of an installer, DKMS, the kernel, apt, pip, npm or a framework, first cause first')
      .argument('[file]', 'the log, also packed with gzip; `-` or nothing: stdin')
      .option('--json', 'print one JSON document')
      .action(run((terminal, file: string | undefined, options: ExplainOptions) => explainFile(terminal, file, options, version)));
  },
};

async function explainFile(terminal: Terminal, file: string | undefined, { json }: ExplainOptions, version: string): Promise<ExitCode> {
  if (file === undefined && process.stdin.isTTY) {
    throw new UserError('There is no log to explain', { hint: 'name a file, or pipe one in: `sudo dmesg | gpu-setup explain`' });
  }
  const name = file ?? '-';
  // The table is read only where it is needed: other commands start without it.
  const { explainLog } = await import('../../doctor/explain/explain-log.js');
  try {
    const { chunks, mayWait } = await openLog(name, { cwd: terminal.cwd, stdin: process.stdin, signal: terminal.signal });
    if (mayWait) endOnSignal(terminal.signal);
    const explanation = await explainLog(chunks);
    if (json) terminal.out(JSON.stringify({ version, log: name, ...explanation }, null, 2));
    else terminal.out(explainText(explanation, terminal));
    return explanation.failures.some(({ severity }) => severity === 'blocker') ? ExitCode.blocked : ExitCode.ok;
  } catch (error) {
    if (!terminal.signal.aborted) throw error;
    return ExitCode.interrupted;
  }
}

/** A read from a pipe that nobody writes to cannot be taken back, and would keep the process alive. */
function endOnSignal(signal: AbortSignal): void {
  signal.addEventListener('abort', () => process.exit(ExitCode.interrupted), { once: true });
}
