import { type CarryOutOptions, takeBack } from '../carry-out.js';
import type { CliCommand } from '../command.js';

/** `undo [STEP]`: takes back what a plan did. */
export const undo: CliCommand = {
  register(program, run) {
    program
      .command('undo')
      .description('take back the last plan, or one of its steps and everything that came after it')
      .argument('[step]', 'the first step to take back; all of them without it')
      .option('--yes', 'do not ask')
      .option('--json', 'print one JSON document with what happened')
      .action(run((terminal, step: string | undefined, options: CarryOutOptions) => takeBack(terminal, step, options)));
  },
};
