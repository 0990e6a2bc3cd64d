import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ExitCode, UserError } from '../errors.js';
import type { Terminal } from './terminal.js';

/** Where people keep Pascal VOC, from the folder they stand in. */
const usual = ['VOCdevkit', 'VOC2012', 'VOC2007', 'data/VOCdevkit', 'data/VOC2012', 'data/VOC2007', 'data/shapes', 'shapes'];

/** Ways to come by a data set; each makes it in or below the folder given and answers where it lies. */
export interface DataMakers {
  shapes(directory: string): Promise<string>;
  /** The part of Pascal VOC 2007 that has `train` and `val`. */
  voc2007(directory: string): Promise<string>;
}

/**
 * The data set to train on: what `--data` says, else the first of the usual places. Where there is none it says what it looked
 * for and offers to fetch VOC 2007 or to make `shapes`; `yes` takes the latter without asking.
 */
export async function findDataDirectory(terminal: Terminal, given: string | undefined, yes: boolean, makers: DataMakers): Promise<string> {
  if (given !== undefined) return given;
  const found = usual.map((place) => join(terminal.cwd, place)).find((place) => existsSync(join(place)));
  if (found) {
    terminal.say(`data: ${relative(terminal.cwd, found)} (no \`--data\`; the first of the usual places)`);
    return found;
  }
  const looked = usual.map((place) => `\`${place}\``).join(', ');
  const none = `No Pascal VOC data set: looked for ${looked} in \`${terminal.cwd}\``;
  const data = join(terminal.cwd, 'data');
  if (!yes && !terminal.interactive) {
    throw new UserError(none, {
      hint: '`--data DIR` names one; `gpu-setup data fetch voc2007` loads Pascal VOC 2007 (911 MB), `gpu-setup data make shapes` draws a small set; `--yes` draws it and trains on it',
      exitCode: ExitCode.answerNeeded,
    });
  }
  terminal.say(none);
  const way = yes
    ? 'shapes'
    : await terminal.choose('What shall it train on?', [
        { value: 'voc2007', name: 'Fetch Pascal VOC 2007, train and val (460 MB), into `data/VOCdevkit`' },
        { value: 'shapes', name: 'Draw the small data set `shapes` (300 pictures), in `data/shapes`' },
        { value: 'none', name: 'Nothing: I name a folder with `--data`' },
      ]);
  if (way === 'voc2007') return makers.voc2007(data);
  if (way === 'shapes') return makers.shapes(join(data, 'shapes'));
  throw new UserError('No data set to train on', { hint: '`--data DIR` names one' });
}
