import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ExitCode, UserError } from '../errors.js';
import type { Terminal } from './terminal.js';

/** Where people keep Pascal VOC, from the folder they stand in. */
const usual = ['VOCdevkit', 'VOC2012', 'VOC2007', 'data/VOCdevkit', 'data/VOC2012', 'data/VOC2007', 'data/shapes', 'shapes'];

/**
 * The data set to train on: what `--data` says, else the first of the usual places. Where there is none it says what it looked
 * for and offers to make `shapes`, which `make` does.
 */
export async function findDataDirectory(
  terminal: Terminal,
  given: string | undefined,
  yes: boolean,
  make: (directory: string) => Promise<void>,
): Promise<string> {
  if (given !== undefined) return given;
  const found = usual.map((place) => join(terminal.cwd, place)).find((place) => existsSync(join(place)));
  if (found) {
    terminal.say(`data: ${relative(terminal.cwd, found)} (no \`--data\`; the first of the usual places)`);
    return found;
  }
  const looked = usual.map((place) => `\`${place}\``).join(', ');
  const directory = join(terminal.cwd, 'data', 'shapes');
  if (!yes && !terminal.interactive) {
    throw new UserError(`No data set: looked for ${looked} in \`${terminal.cwd}\``, {
      hint: "`--data DIR` names a VOCdevkit or VOC2007-like folder; `gpu-setup data make shapes` makes a small one; `--yes` does so and trains on it. VOC 2007 (450 MB) comes from the challenge's own site as VOCtrainval_06-Nov-2007.tar",
      exitCode: ExitCode.answerNeeded,
    });
  }
  terminal.say(`No data set here: looked for ${looked}`);
  if (
    !yes &&
    !(await terminal.confirm(`Make the small data set \`shapes\` in \`${relative(terminal.cwd, directory)}\` and train on it?`, '--yes'))
  ) {
    throw new UserError('No data set to train on', { hint: '`--data DIR` names one' });
  }
  await make(directory);
  return directory;
}
