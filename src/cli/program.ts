import { Command } from 'commander';
import type { CliCommand, Run } from './command.js';
import { version } from './package.js';

/** The command line: `commands` with their options and help, whose handlers go through `run`. */
export function programOf(run: Run, commands: readonly CliCommand[]): Command {
  const program = new Command('gpu-setup')
    .description('Diagnoses a GPU host, plans and applies its driver, and proves it by training an object detector')
    .version(version)
    .option('--no-color', 'no colours')
    .option('--no-input', 'never ask; fail with the flag that would answer')
    .showHelpAfterError('hint: `gpu-setup --help` lists the commands and options')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  for (const command of commands) command.register(program, run);
  for (const command of program.commands) inheritSettings(command, program);
  return program;
}

/** Subcommands answer wrong usage as the program does. */
function inheritSettings(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inheritSettings(child, command);
}
