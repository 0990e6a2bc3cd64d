import type { Command } from 'commander';
import type { CliCommand } from '../command.js';
import { type PlanOptions, planAndCarryOut, withPlanOptions } from '../plan-command.js';

interface Options extends PlanOptions {
  readonly enableNouveau?: true;
}

const examples = `
Examples:
  gpu-setup uninstall-driver --dry-run       print what would go, and what would go along with it
  gpu-setup uninstall-driver                 show it, ask, do it; nouveau stays forbidden
  gpu-setup uninstall-driver --enable-nouveau
`;

/** `uninstall-driver`: takes NVIDIA's driver away, as it was installed: packages, a .run installer, or both. */
export const uninstallDriver: CliCommand = {
  register(program, run) {
    withPlanOptions(
      program
        .command('uninstall-driver')
        .description('take the NVIDIA driver away, whoever installed it and however; refuses what would take the desktop along'),
    )
      .option('--enable-nouveau', "give the GPU back to the kernel's own driver")
      .addHelpText('after', examples)
      .action(
        run(async (terminal, { enableNouveau, ...options }: Options, command: Command) => {
          const { planRemoval } = await import('../../setup/driver/plan-removal.js');
          return planAndCarryOut(terminal, options, command, (facts, madeBy) =>
            planRemoval(facts, { enableNouveau: enableNouveau === true }, madeBy),
          );
        }),
      );
  },
};
