import type { Command } from 'commander';
import { overviewOf } from '../../../engines/choose.js';
import { engineSettings } from '../../../engines/settings.js';
import { ExitCode } from '../../../errors.js';
import type { Run } from '../../command.js';

/** `gpu-setup engine list` */
export function registerList(own: Command, run: Run): void {
  own
    .command('list')
    .description('which engines are there, and which one a training would run on')
    .option('--json', 'print one JSON document')
    .action(
      run(async (terminal, { json }: { json?: true }) => {
        const overview = await overviewOf(engineSettings(terminal.env));
        if (json) {
          terminal.out(JSON.stringify(overview, null, 2));
          return ExitCode.ok;
        }
        const width = Math.max(...overview.engines.map(({ name }) => name.length));
        for (const { name, available, detail, hint } of overview.engines) {
          const mark = name === overview.chosen ? '*' : ' ';
          terminal.out(`${mark} ${name.padEnd(width)}  ${available ? detail : `not there: ${detail}`}`);
          if (!available && hint) terminal.out(`  ${' '.repeat(width)}  hint: \`${hint}\` brings it`);
        }
        terminal.out(`\n* is what a training runs on: ${overview.why}`);
        return ExitCode.ok;
      }),
    );
}
