import { type Command, InvalidArgumentError } from 'commander';
import { ExitCode } from '../../../errors.js';
import type { Run } from '../../command.js';

interface Options {
  readonly out: string;
  readonly images: number;
  readonly seed: number;
  readonly json?: true;
}

/** `gpu-setup data make shapes` */
export function registerMakeShapes(make: Command, run: Run): void {
  make
    .command('shapes')
    .description('draw circles, squares, stars and triangles, in the layout of Pascal VOC')
    .option('--out <dir>', 'the folder to make', 'shapes')
    .option('--images <n>', 'how many pictures', wholeNumber(10, 1_000_000), 300)
    .option('--seed <n>', 'the same seed makes the same pictures', wholeNumber(0, 2 ** 32 - 1), 0)
    .option('--json', 'print one JSON document')
    .action(
      run(async (terminal, { out, images, seed, json }: Options) => {
        const { resolve } = await import('node:path');
        const { makeShapes } = await import('../../../trainer/data/shapes/make-shapes.js');
        let said = 0;
        try {
          const made = await makeShapes({
            directory: resolve(terminal.cwd, out),
            images,
            seed,
            signal: terminal.signal,
            onPicture(done) {
              const tenths = Math.floor((10 * done) / images);
              if (tenths > said && !json) terminal.say(`${done} of ${images} pictures`);
              said = tenths;
            },
          });
          if (json) terminal.out(JSON.stringify(made, null, 2));
          else {
            const { train, val, test } = made.splits;
            terminal.out(made.made ? `Made \`${out}\`: ${images} pictures of ${made.classes.join(', ')}` : `\`${out}\` is there already`);
            terminal.out(`  ${train} to train on, ${val} to validate, ${test} to test`);
            terminal.out(`  gpu-setup train voc --data ${out}`);
          }
          return ExitCode.ok;
        } catch (error) {
          if (!terminal.signal.aborted) throw error;
          terminal.say('Stopped; nothing was left behind');
          return ExitCode.interrupted;
        }
      }),
    );
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}
