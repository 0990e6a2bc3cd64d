import type { Command } from 'commander';
import type { CliCommand } from '../command.js';
import { type PlanOptions, planAndCarryOut, withPlanOptions } from '../plan-command.js';

interface Options extends PlanOptions {
  readonly commandLine?: true;
}

const examples = `
Examples:
  gpu-setup disable-nouveau --dry-run        print what would be done, and why
  gpu-setup disable-nouveau                  show it, ask, do it; a reboot ends it where nouveau is at work
  gpu-setup resume                           after the reboot, where systemd has not gone on by itself
  gpu-setup undo                             take it all back
`;

/** `disable-nouveau`: keeps nouveau and nova_core off the GPU. */
export const disableNouveau: CliCommand = {
  register(program, run) {
    withPlanOptions(
      program
        .command('disable-nouveau')
        .description("keep the kernel's own drivers, nouveau and nova_core, off the GPU, in every kernel and early boot image"),
    )
      .option('--command-line', "forbid them on the kernel's command line too, where modprobe.d would be enough")
      .addHelpText('after', examples)
      .action(
        run(async (terminal, { commandLine, ...options }: Options, command: Command) => {
          const { planNoNouveau } = await import('../../setup/nouveau/plan-no-nouveau.js');
          return planAndCarryOut(terminal, options, command, (facts, madeBy) =>
            planNoNouveau(facts, { commandLine: commandLine === true }, madeBy),
          );
        }),
      );
  },
};
