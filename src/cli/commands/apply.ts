import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, UserError } from '../../errors.js';
import { planText } from '../../report/plan-text.js';
import { parsePlan } from '../../setup/parse-plan.js';
import { type CarryOutOptions, carryOutPlan } from '../carry-out.js';
import type { CliCommand } from '../command.js';

/** `apply FILE`: carries out a plan that `--dry-run --json` wrote. */
export const apply: CliCommand = {
  register(program, run) {
    program
      .command('apply')
      .description('carry out a plan that `--dry-run --json` wrote on this machine')
      .argument('<file>', 'the plan')
      .option('--until <step>', 'stop after this step; `resume` goes on')
      .option('--yes', 'do not ask')
      .option('--json', 'print one JSON document with what happened')
      .action(
        run(async (terminal, file: string, options: CarryOutOptions) => {
          const text = await readFile(resolve(terminal.cwd, file), 'utf8').catch((error) => {
            throw new UserError(`Cannot read \`${file}\`: ${messageOf(error)}`);
          });
          const plan = parsePlan(text, file);
          return carryOutPlan(terminal, plan, options, () => terminal.say(planText(plan, terminal.style.bind(terminal))));
        }),
      );
  },
};
