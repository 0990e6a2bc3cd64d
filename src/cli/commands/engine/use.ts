import type { Command } from 'commander';
import { chooseEngine, engineNamed } from '../../../engines/choose.js';
import { enginesOf } from '../../../engines/list.js';
import { engineSettings } from '../../../engines/settings.js';
import type { Run } from '../../command.js';
import { writePreferredEngine } from '../../preferred-engine.js';

export function registerUse(engine: Command, run: Run): void {
  engine
    .command('use')
    .description('choose the engine for every command that names none; `auto` takes the best one again')
    .argument('<name>', '`torch`, `tensorflow`, `wasm` or `auto`')
    .action(
      run(async (terminal, name: string) => {
        const settings = engineSettings(terminal.env);
        const engines = enginesOf(settings);
        if (name === 'auto') {
          await writePreferredEngine(settings.configFile, undefined);
          terminal.out('The best available engine is used');
          return undefined;
        }
        const { engine: chosen } = await chooseEngine(engines, { asked: engineNamed(engines, name).name, preferred: undefined });
        await writePreferredEngine(settings.configFile, chosen.name);
        terminal.out(`The engine \`${chosen.name}\` is used (kept in \`${settings.configFile}\`)`);
        return undefined;
      }),
    );
}
