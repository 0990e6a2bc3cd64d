import { styleText } from 'node:util';
import { ExitCode, UserError } from '../errors.js';

/** Everything a command knows of the process it runs in, handed in so that a test can hand in another. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** True where a person can be asked: stdin and stderr are TTYs and `--no-input` was not given. */
  readonly interactive: boolean;
  /** Results. */
  out(text: string): void;
  /** Talk and progress. */
  say(text: string): void;
  /** Colours `text` where stderr and stdout are TTYs and nobody asked for none. */
  style(format: Style, text: string): string;
  /** Asks yes or no; without a person it throws, naming the flag that answers. */
  confirm(question: string, flag: string): Promise<boolean>;
}
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export interface TerminalOptions {
  readonly color: boolean;
  readonly input: boolean;
  readonly signal: AbortSignal;
}

/** The terminal of this very process. */
export function processTerminal({ color, input, signal }: TerminalOptions): Terminal {
  const { env, stdin, stdout, stderr } = process;
  const coloured = color && !env.NO_COLOR && env.TERM !== 'dumb' && Boolean(stdout.isTTY);
  const interactive = input && Boolean(stdin.isTTY) && Boolean(stderr.isTTY);
  return {
    env,
    cwd: process.cwd(),
    signal,
    interactive,
    out: (text) => void stdout.write(`${text}\n`),
    say: (text) => void stderr.write(`${text}\n`),
    style: (format, text) => (coloured ? styleText(format, text) : text),
    async confirm(question, flag) {
      if (!interactive) {
        throw new UserError(`This needs an answer: ${question}`, {
          hint: `pass \`${flag}\` to say yes`,
          exitCode: ExitCode.answerNeeded,
        });
      }
      const { confirm } = await import('inquirer').then(({ default: inquirer }) => ({
        confirm: (message: string) => inquirer.prompt([{ type: 'confirm', name: 'yes', message, default: true }]),
      }));
      return (await confirm(question)).yes;
    },
  };
}
