import { Option } from 'commander';
import { type CarryOutOptions, goOn } from '../carry-out.js';
import type { CliCommand } from '../command.js';
import { planAgain } from '../plan-again.js';

/** `resume`: goes on with a plan that was interrupted, failed, or waited for a reboot. */
export const resume: CliCommand = {
  register(program, run) {
    const version = program.version() ?? '';
    program
      .command('resume')
      .description('go on with a plan that was interrupted, failed, or waited for a reboot')
      .option('--until <step>', 'stop after this step')
      .option('--yes', 'do not ask')
      .option('--json', 'print one JSON document with what happened')
      // For the unit that runs after a boot: where nothing waits for one, it does nothing.
      .addOption(new Option('--after-boot').hideHelp())
      .action(
        run((terminal, options: CarryOutOptions & { readonly afterBoot?: boolean }) =>
          goOn(terminal, options, (plan) => planAgain(terminal, plan, version)),
        ),
      );
  },
};
