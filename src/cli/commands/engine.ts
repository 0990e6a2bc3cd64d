import type { CliCommand } from '../command.js';
import { registerInstall } from './engine/install.js';
import { registerList } from './engine/list.js';
import { registerUse } from './engine/use.js';
import { registerVerify } from './engine/verify.js';

/** What the trainer computes on: list, choose, install and verify engines. */
export const engineCommand: CliCommand = {
  register(program, run) {
    const engine = program.command('engine').description('what training runs on: list, use, install and verify engines');
    for (const register of [registerList, registerUse, registerInstall, registerVerify]) register(engine, run);
  },
};
