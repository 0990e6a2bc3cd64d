import type { Command } from 'commander';
import { chooseEngine } from '../../../engines/choose.js';
import { enginesOf } from '../../../engines/list.js';
import { engineSettings } from '../../../engines/settings.js';
import { ExitCode } from '../../../errors.js';
import type { Run } from '../../command.js';
import { readPreferredEngine } from '../../preferred-engine.js';

export function registerVerify(engine: Command, run: Run): void {
  engine
    .command('verify')
    .description('run a small network forward and backward and compare with a plain reference; exit 1 when it is off')
    .argument('[name]', 'the engine (default: the chosen one)')
    .option('--json', 'print one JSON document')
    .action(
      run(async (terminal, asked: string | undefined, { json }: { json?: boolean }) => {
        // In float32, whatever the processor would like better: the comparison is about what is computed, not how roughly.
        const settings = { ...engineSettings(terminal.env), precision: 'fp32' as const };
        const preferred = await readPreferredEngine(settings.configFile);
        const { engine: chosen, status } = await chooseEngine(enginesOf(settings), { asked, preferred });
        const { verifyEngine } = await import('../../../engines/verify.js');
        const { ok, maxError, tolerance, parts } = await verifyEngine(chosen);
        if (json) terminal.out(JSON.stringify({ engine: chosen.name, ok, maxError, tolerance, parts }, null, 2));
        else {
          for (const { name, error } of parts) terminal.say(`  ${name}: ${error.toExponential(1)}`);
          const verdict = ok ? terminal.style('green', 'right') : terminal.style('red', 'off');
          terminal.out(
            `${chosen.name} (${status.detail}) is ${verdict}: largest error ${maxError.toExponential(1)}, at most ${tolerance} allowed`,
          );
        }
        return ok ? ExitCode.ok : ExitCode.blocked;
      }),
    );
}
