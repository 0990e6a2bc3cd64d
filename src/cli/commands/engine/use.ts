import type { Command } from 'commander';
import { noSuchEngine, notThere } from '../../../engines/choose.js';
import { enginesOf } from '../../../engines/list.js';
import { writePreference } from '../../../engines/preference.js';
import { engineSettings } from '../../../engines/settings.js';
import { ExitCode } from '../../../errors.js';
import type { Run } from '../../command.js';

/** `gpu-setup engine use NAME` */
export function registerUse(own: Command, run: Run): void {
  own
    .command('use')
    .description('choose the engine that trainings run on')
    .argument('<name>', '`tensorflow` or `wasm`')
    .action(
      run(async (terminal, name: string) => {
        const settings = engineSettings(terminal.env);
        const engines = enginesOf(settings);
        const engine = engines.find((each) => each.name === name);
        if (!engine) throw noSuchEngine(name, engines);
        const status = await engine.status();
        if (!status.available) throw notThere(status);
        await writePreference(settings.configFile, engine.name);
        terminal.out(`Trainings run on \`${engine.name}\` from now on`);
        return ExitCode.ok;
      }),
    );
}
