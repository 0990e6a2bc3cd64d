import type { CliCommand } from '../command.js';
import { registerInstall } from './engine/install.js';
import { registerList } from './engine/list.js';
import { registerUse } from './engine/use.js';

/** What the trainer computes on: one file of `engine/` for each subcommand. */
export const engineCommand: CliCommand = {
  register(program, run) {
    const engine = program.command('engine').description('what training runs on: list, use and install engines');
    registerList(engine, run);
    registerUse(engine, run);
    registerInstall(engine, run);
  },
};
