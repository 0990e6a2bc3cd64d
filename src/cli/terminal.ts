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
  /** How wide a line may be: the terminal's width from 60 to 120, 80 where stdout is none. */
  readonly columns: number;
  /** Asks which of several; ask only where `interactive`. */
  choose<Value extends string>(question: string, choices: readonly Choice<Value>[]): Promise<Value>;
  /** Asks yes or no; without a person it throws, naming the flag that answers. */
  confirm(question: string, flag: string): Promise<boolean>;
}
export interface Choice<Value extends string> {
  readonly value: Value;
  readonly name: string;
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
    columns: stdout.isTTY ? Math.min(Math.max(stdout.columns || 80, 60), 120) : 80,
    async choose(message, choices) {
      const question = { type: 'select' as const, name: 'value' as const, message, choices: choices.map((choice) => ({ ...choice })) };
      return answered((await import('inquirer')).default.prompt([question])).then(({ value }) => value);
    },
    async confirm(message, flag) {
      if (!interactive) {
        throw new UserError(`This needs an answer: ${message}`, {
          hint: `pass \`${flag}\` to say yes`,
          exitCode: ExitCode.answerNeeded,
        });
      }
      const question = { type: 'confirm' as const, name: 'yes' as const, message, default: true };
      return answered((await import('inquirer')).default.prompt([question])).then(({ yes }) => yes);
    },
  };
}

/** Ctrl-C at a question is an answer too. */
async function answered<T>(asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
    throw new UserError('Interrupted at the question; nothing was done', { exitCode: ExitCode.interrupted, cause: error });
  }
}
