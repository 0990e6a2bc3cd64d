import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { ExitCode, UserError } from '../../../errors.js';
import { nearestMatch } from '../../../nearest-match.js';
import type { Run } from '../../command.js';
import { sayFetching } from '../../fetch-progress.js';
import { httpUrl } from '../../http-url.js';

interface Options {
  readonly out: string;
  readonly mirror?: string;
  readonly split: string;
  readonly json?: true;
}

/** `gpu-setup data fetch` */
export function registerFetch(data: Command, run: Run): void {
  data
    .command('fetch')
    .description('load a public data set, check it and unpack it; the same command goes on where it stopped')
    .argument('<name>', 'which one, as `voc2007` or `voc2012`')
    .option('--out <dir>', 'the folder to make it in, as `VOCdevkit/VOC2007` and the like', 'data')
    .option('--split <name>', '`trainval`, `test` or `all`', 'all')
    .option('--mirror <url>', 'a folder on the web that holds the archives, in place of the known hosts', httpUrl)
    .option('--json', 'print one JSON document')
    .action(
      run(async (terminal, name: string, { out, mirror, split, json }: Options) => {
        const [{ fetchableDataSets }, { fetchDataSet }] = await Promise.all([
          import('../../../trainer/data/fetch/data-set-table.js'),
          import('../../../trainer/data/fetch/fetch-data-set.js'),
        ]);
        const dataSets = await fetchableDataSets();
        const dataSet = dataSets.find((row) => row.name === name);
        if (!dataSet) {
          const names = dataSets.map((row) => row.name);
          const near = nearestMatch(name, names);
          throw new UserError(`No data set \`${name}\` is known to \`data fetch\``, {
            hint: near ? `did you mean \`${near}\`?` : `there is ${names.map((each) => `\`${each}\``).join(', ')}`,
          });
        }
        try {
          const { directory, unpacked } = await fetchDataSet({
            dataSet,
            split,
            directory: resolve(terminal.cwd, out),
            ...(mirror === undefined ? {} : { mirror }),
            signal: terminal.signal,
            onEvent: sayFetching(terminal),
          });
          const shown = relative(terminal.cwd, directory) || '.';
          if (json) terminal.out(JSON.stringify({ name, directory, unpacked }, null, 2));
          else {
            terminal.out(unpacked.length > 0 ? `${dataSet.title} lies in \`${shown}\`` : `\`${shown}\` is there already`);
            terminal.out(`  gpu-setup train voc --data ${shown}`);
          }
          return ExitCode.ok;
        } catch (error) {
          if (!terminal.signal.aborted) throw error;
          terminal.say('Interrupted; what was loaded is kept, and the same command goes on');
          return ExitCode.interrupted;
        }
      }),
    );
}
