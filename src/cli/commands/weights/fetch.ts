import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ExitCode, UserError } from '../../../errors.js';
import type { Run } from '../../command.js';
import { sayFetching } from '../../fetch-progress.js';
import { httpUrl } from '../../http-url.js';
import { weightsDirectory } from '../../weights-directory.js';

interface Options {
  readonly out?: string;
  readonly mirror?: string;
  readonly json?: true;
}

/** `gpu-setup weights fetch` */
export function registerFetch(weights: Command, run: Run): void {
  weights
    .command('fetch')
    .description('load well-known weights and check them; the same command goes on where it stopped')
    .argument('<name>', 'which ones: `gpu-setup weights list` has the names')
    .option('--out <dir>', 'the folder to keep them in (the cache of this user)')
    .option('--mirror <url>', 'a folder on the web that holds the file, in place of its own host', httpUrl)
    .option('--json', 'print one JSON document')
    .action(
      run(async (terminal, name: string, { out, mirror, json }: Options) => {
        const [{ fileOf, knownWeights }, { fetchWeights }] = await Promise.all([
          import('../../../trainer/weights/known-weights.js'),
          import('../../../trainer/weights/fetch-weights.js'),
        ]);
        const row = (await knownWeights()).find((each) => each.name === name);
        if (!row) throw new UserError(`No weights \`${name}\` are known`, { hint: '`gpu-setup weights list` has the names' });
        const say = sayFetching(terminal);
        const file = fileOf(row);
        try {
          const { path, wasThere } = await fetchWeights({
            weights: row,
            directory: out === undefined ? weightsDirectory(terminal.env) : resolve(terminal.cwd, out),
            ...(mirror === undefined ? {} : { mirror }),
            signal: terminal.signal,
            onBytes: (there, bytes) => say({ kind: 'bytes', file, there, bytes }),
            onFailure: (line) => say({ kind: 'failure', file, line }),
          });
          if (json) terminal.out(JSON.stringify({ name, path, licence: row.licence }, null, 2));
          else
            terminal.out(`${row.title}: \`${path}\`${wasThere ? ' was there, and its SHA-256 is right' : ''}\n  licence: ${row.licence}`);
          return ExitCode.ok;
        } catch (error) {
          if (!terminal.signal.aborted) throw error;
          terminal.say('Interrupted; what was loaded is kept, and the same command goes on');
          return ExitCode.interrupted;
        }
      }),
    );
}
