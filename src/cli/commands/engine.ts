import type { CliCommand } from '../command.js';
import { registerInstall } from './engine/install.js';

/** What the trainer computes on: list, choose, install and verify engines. */
export const engineCommand: CliCommand = {
  register(program, run) {
    const engine = program.command('engine').description('what training runs on: list, use, install and verify engines');
    registerInstall(engine, run);
  },
};
