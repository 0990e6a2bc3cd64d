import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { ExitCode } from '../../../errors.js';
import type { Run } from '../../command.js';

interface Options {
  readonly names: 'own' | 'ours';
  readonly input?: 'rgb' | 'bgr';
  readonly json?: true;
}

/** `gpu-setup weights convert` */
export function registerConvert(weights: Command, run: Run): void {
  weights
    .command('convert')
    .description('write the tensors of a file of weights as safetensors, which loads fast and holds nothing but numbers')
    .argument('<file>', 'a checkpoint of PyTorch, a pickle of Detectron2, or safetensors')
    .argument('<out>', 'the safetensors file to write')
    .addOption(
      new Option('--names <whose>', '`own`: names, kinds and order as they are; `ours`: as this trainer has them')
        .choices(['own', 'ours'])
        .default('own'),
    )
    .addOption(
      new Option(
        '--input <kind>',
        'with `--names ours`: what the first convolution was trained to see, where the file does not tell',
      ).choices(['rgb', 'bgr']),
    )
    .option('--json', 'print one JSON document')
    .action(
      run(async (terminal, file: string, out: string, { names, input, json }: Options) => {
        const { convertWeights } = await import('../../../trainer/weights/convert-weights.js');
        const made = await convertWeights(resolve(terminal.cwd, file), resolve(terminal.cwd, out), {
          ours: names === 'ours',
          ...(input === undefined ? {} : { input }),
          signal: terminal.signal,
        });
        if (json) terminal.out(JSON.stringify({ file, out, ...made }, null, 2));
        else {
          terminal.out(
            `Wrote \`${out}\`: ${made.tensors} tensors, ${(made.bytes / 1e6).toFixed(1)} MB${made.family ? `, from the names of ${made.family}` : ''}`,
          );
          if (made.leftOver.length > 0) terminal.say(`left over: ${made.leftOver.length}, such as ${made.leftOver.slice(0, 3).join(', ')}`);
        }
        return ExitCode.ok;
      }),
    );
}
