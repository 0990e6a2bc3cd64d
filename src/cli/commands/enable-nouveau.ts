import type { Command } from 'commander';
import type { CliCommand } from '../command.js';
import { type PlanOptions, planAndCarryOut, withPlanOptions } from '../plan-command.js';

const examples = `
Examples:
  gpu-setup enable-nouveau --dry-run         print what forbids nouveau here, and how each of it would be taken away
  gpu-setup enable-nouveau                   show it, ask, do it
  gpu-setup undo                             forbid it again, as it was
`;

/** `enable-nouveau`: lets nouveau and nova_core have the GPU again. */
export const enableNouveau: CliCommand = {
  register(program, run) {
    withPlanOptions(
      program
        .command('enable-nouveau')
        .description("let the kernel's own drivers have the GPU again, whoever had forbidden them: we, a package, a .run installer"),
    )
      .addHelpText('after', examples)
      .action(
        run(async (terminal, options: PlanOptions, command: Command) => {
          const { planNouveau } = await import('../../setup/nouveau/plan-nouveau.js');
          return planAndCarryOut(terminal, options, command, planNouveau);
        }),
      );
  },
};
