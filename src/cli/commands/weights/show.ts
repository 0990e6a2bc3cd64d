import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ExitCode } from '../../../errors.js';
import type { Run } from '../../command.js';

/** `gpu-setup weights show` */
export function registerShow(weights: Command, run: Run): void {
  weights
    .command('show')
    .description('what is in a file of weights, whose it looks like, and which parameter of ours each tensor becomes; nothing of it is run')
    .argument('<file>', 'a checkpoint of PyTorch, a pickle of Detectron2, or safetensors')
    .option('--json', 'print one JSON document')
    .action(
      run(async (terminal, file: string, { json }: { readonly json?: true }) => {
        const [{ openWeights }, { describeWeights }, { weightsText }] = await Promise.all([
          import('../../../trainer/weights/open-weights.js'),
          import('../../../trainer/weights/describe-weights.js'),
          import('../../../report/weights-text.js'),
        ]);
        const opened = openWeights(resolve(terminal.cwd, file));
        try {
          const description = { ...describeWeights(opened), path: file };
          terminal.out(json ? JSON.stringify(description, null, 2) : weightsText(description));
        } finally {
          opened.close();
        }
        return ExitCode.ok;
      }),
    );
}
