import type { Command } from 'commander';
import { type ChosenBecause, chooseEngine } from '../../../engines/choose.js';
import { enginesOf } from '../../../engines/list.js';
import { engineSettings } from '../../../engines/settings.js';
import { memoryLine } from '../../../report/memory-text.js';
import type { Run } from '../../command.js';
import { readPreferredEngine } from '../../preferred-engine.js';

const reasons: Readonly<Record<ChosenBecause, string>> = {
  asked: 'asked for',
  preferred: 'chosen by `gpu-setup engine use`',
  best: 'the best one that is available',
};

interface ListFlags {
  readonly json?: boolean;
  readonly memory?: boolean;
}

export function registerList(engine: Command, run: Run): void {
  engine
    .command('list')
    .description('which engines there are, which one is chosen and why, and what would bring the others')
    .option('--memory', "load each in a process of its own and show its allocator's statistics after a convolution")
    .option('--json', 'print one JSON document')
    .action(
      run(async (terminal, { json, memory }: ListFlags) => {
        const settings = engineSettings(terminal.env);
        const engines = enginesOf(settings);
        const preferred = await readPreferredEngine(settings.configFile);
        const statuses = await Promise.all(engines.map((each) => each.status()));
        const looked = engines.map((each, i) => ({ ...each, status: async () => statuses[i]! }));
        const { engine: chosen, because, note } = await chooseEngine(looked, { asked: undefined, preferred });
        const list = [];
        for (const [i, status] of statuses.entries()) {
          const used = memory && status.available ? await engines[i]!.memory() : undefined;
          list.push({ ...status, chosen: status.name === chosen.name, ...(used && { memory: used }) });
        }
        if (json) {
          terminal.out(JSON.stringify({ engines: list, chosen: chosen.name, because, ...(note && { note }) }, null, 2));
          return undefined;
        }
        for (const { name, available, detail, hint, memory: used, chosen: isChosen } of list) {
          const mark = isChosen ? terminal.style('green', '*') : ' ';
          const state = available ? 'available' : 'not available';
          terminal.out(
            `${mark} ${terminal.style('bold', name.padEnd(10))}  ${state}: ${detail}${isChosen ? ` (${reasons[because]})` : ''}`,
          );
          if (used) terminal.out(`    memory: ${memoryLine(used)}`);
          if (!available && hint) terminal.out(`    hint: \`${hint}\``);
        }
        if (note) terminal.say(note);
        return undefined;
      }),
    );
}
