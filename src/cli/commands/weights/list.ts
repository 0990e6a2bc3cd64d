import { join } from 'node:path';
import type { Command } from 'commander';
import { ExitCode } from '../../../errors.js';
import type { Run } from '../../command.js';
import { weightsDirectory } from '../../weights-directory.js';

/** `gpu-setup weights list` */
export function registerList(weights: Command, run: Run): void {
  weights
    .command('list')
    .description('weights that `weights fetch` knows by name, and which of them are here')
    .option('--json', 'print one JSON document')
    .action(
      run(async (terminal, { json }: { readonly json?: true }) => {
        const [{ knownWeights, fileOf }, { existsSync }] = await Promise.all([
          import('../../../trainer/weights/known-weights.js'),
          import('node:fs'),
        ]);
        const directory = weightsDirectory(terminal.env);
        const list = (await knownWeights()).map((row) => {
          const path = join(directory, fileOf(row));
          return { ...row, path, there: existsSync(path) };
        });
        if (json) terminal.out(JSON.stringify({ directory, weights: list }, null, 2));
        else {
          const width = Math.max(...list.map(({ name }) => name.length));
          for (const { name, title, there } of list)
            terminal.out(`${there ? '*' : ' '} ${terminal.style('bold', name.padEnd(width))}  ${title}`);
          terminal.say(`those with * lie in \`${directory}\`; \`gpu-setup weights fetch NAME\` loads one`);
        }
        return ExitCode.ok;
      }),
    );
}
