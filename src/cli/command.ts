import type { Command } from 'commander';
import type { ExitCode } from '../errors.js';
import type { Terminal } from './terminal.js';

/** One command of the program: a file in `commands/`, a line in its list. */
export interface CliCommand {
  /** Declares name, options and help; `run` wraps the handler and keeps its exit code. */
  register(program: Command, run: Run): void;
}

/** Wraps a handler: gives it the terminal, takes its exit code (undefined is 0). */
export type Run = <Args extends unknown[]>(
  handler: (terminal: Terminal, ...args: Args) => Promise<ExitCode | undefined>,
) => (...args: Args) => Promise<void>;
