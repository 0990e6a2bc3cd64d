#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { ExitCode, UserError } from '../errors.js';
import type { Run } from './command.js';
import { commands } from './commands/index.js';
import { version } from './package.js';
import { processTerminal } from './terminal.js';

/** Parses `argv` (without node and script), runs one command, answers its exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  // The first signal asks to stop and save; the second one does not wait.
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(ExitCode.interrupted);
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // `gpu-setup … | head` goes away before we are done, which is its right; what cannot be written is not worth a stack.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }

  let exitCode: ExitCode = ExitCode.ok;
  const program = new Command('gpu-setup')
    .description('Diagnoses a GPU host, plans and applies its driver, and proves it by training an object detector')
    .version(version)
    .option('--no-color', 'no colours')
    .option('--no-input', 'never ask; fail with the flag that would answer')
    .showHelpAfterError('hint: `gpu-setup --help` lists the commands and options')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  const run: Run =
    (handler) =>
    async (...args) => {
      const { color, input } = program.opts<{ color: boolean; input: boolean }>();
      exitCode = (await handler(processTerminal({ color, input, signal: stop.signal }), ...args)) ?? ExitCode.ok;
    };
  for (const command of commands) command.register(program, run);
  for (const command of program.commands) inheritSettings(command, program);

  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error);
  }
}

/** Subcommands answer wrong usage as the program does. */
function inheritSettings(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inheritSettings(child, command);
}

/** Says what went wrong on stderr, and what the process ends with. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  if (error instanceof UserError) {
    process.stderr.write(`error: ${error.message}\n${error.hint ? `hint: ${error.hint}\n` : ''}`);
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`This is a bug in gpu-setup ${version}, not something you did:\n${stack}\n`);
  return ExitCode.bug;
}

process.exitCode = await main(process.argv.slice(2));
