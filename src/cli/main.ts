#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { CommanderError } from 'commander';
import { ExitCode, UserError } from '../errors.js';
import { hangingQuestions } from '../host/bounded.js';
import { commandsFor } from './commands-for.js';
import { version } from './package.js';
import { programOf } from './program.js';
import { processTerminal } from './terminal.js';

/** Parses `argv` (without node and script), runs one command, answers its exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  // The first signal asks to stop and save; the second one does not wait.
  const onSignal = () => {
    if (stop.signal.aborted) {
      if (process.stdout.isTTY) showCursor();
      process.exit(ExitCode.interrupted);
    }
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
  const program = programOf(
    (handler) =>
      async (...args) => {
        const { color, input } = program.opts<{ color: boolean; input: boolean }>();
        exitCode = (await handler(processTerminal({ color, input, signal: stop.signal }), ...args)) ?? ExitCode.ok;
      },
    await commandsFor(argv),
  );

  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error);
  }
}

/** A list that was being drawn had hidden the cursor, and holds back what is written to the stream. */
function showCursor(): void {
  try {
    writeSync(1, '\u001b[?25h\n');
  } catch {
    // The terminal may be gone, and then has no cursor.
  }
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
// What a wedged driver never answers would keep the process for as long.
if (hangingQuestions() > 0) process.exit();
