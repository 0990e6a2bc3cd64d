import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../../../errors.js';
import { findVocFolders, type VocFolder } from './folder.js';

/** One picture's name in a split file. */
export interface SplitEntry {
  readonly id: string;
  readonly line: number;
}

/** VOC also keeps a list per class (`aeroplane_train.txt`), each name with 1, 0 or -1 behind it: no split. */
const perClassLine = /\s(?:-1|0|1)$/;

/** The splits of a folder, sorted; per-class lists left out. An empty file is a split: to pass it over would train on another one unasked. */
async function splitsOf({ splitsDirectory }: VocFolder): Promise<readonly string[]> {
  const names = (await readdir(splitsDirectory)).filter((name) => name.endsWith('.txt')).sort();
  const splits: string[] = [];
  for (const name of names) {
    const lines = linesOf(await readFile(join(splitsDirectory, name), 'utf8'));
    if (lines.length === 0 || !lines.every(({ id }) => perClassLine.test(id))) splits.push(name.slice(0, -'.txt'.length));
  }
  return splits;
}

/** The splits that a data set has, sorted; of several years, all that any of them has. */
export async function listVocSplits(directory: string): Promise<readonly string[]> {
  const each = await Promise.all((await findVocFolders(directory)).map(splitsOf));
  return [...new Set(each.flat())].sort();
}

/** What to train on and what to judge with when nobody says: `val` is undefined where no other split is left for it. */
export function defaultSplits(available: readonly string[]): { readonly train: string | undefined; readonly val: string | undefined } {
  const first = (...names: readonly string[]) => names.find((name) => available.includes(name));
  const train = first('train', 'training', 'trainval') ?? available.find((name) => !/^(val|valid|validation|test)$/.test(name));
  const val = train === 'trainval' ? first('test') : first('val', 'valid', 'validation', 'test');
  return { train, val };
}

/** The pictures of a split, in the file's order, or undefined where this folder lacks it. Throws a UserError on a per-class list. */
export async function readSplit(folder: VocFolder, split: string): Promise<readonly SplitEntry[] | undefined> {
  const file = splitFile(folder, split);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`Cannot read \`${file}\`: ${messageOf(cause)}`, { cause });
  }
  const entries = linesOf(text);
  if (entries.length > 0 && entries.every(({ id }) => perClassLine.test(id))) {
    throw new UserError(`\`${file}\` is the list of one class (names with 1, 0 or -1 behind them), not a split`);
  }
  return entries;
}

export function splitFile({ splitsDirectory }: VocFolder, split: string): string {
  return join(splitsDirectory, `${split}.txt`);
}

/** That a split is in none of the folders, with those that are. */
export async function noSuchSplit(directory: string, split: string): Promise<UserError> {
  const available = await listVocSplits(directory);
  const has = available.length > 0 ? `it has ${available.map((name) => `\`${name}\``).join(', ')}` : 'it has none';
  return new UserError(`\`${directory}\` has no split \`${split}\`: ${has}`, {
    hint: 'a split is a file `ImageSets/Main/NAME.txt` with one picture name per line',
  });
}

function linesOf(text: string): SplitEntry[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ id: line.replace(/^\ufeff/, '').trim(), line: index + 1 }))
    .filter(({ id }) => id !== '');
}
