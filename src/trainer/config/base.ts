import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { messageOf, UserError } from '../../errors.js';
import { merge } from './merge.js';
import { parseTree } from './parse.js';
import { type MapTree, type Origin, placeOf, type Tree } from './tree.js';

/** The key that names the configs a config builds on: one path or a list, relative to its own file. */
export const baseKey = '_base_';

const largest = 256 * 1024;
const deepest = 16;

/** A config with what it builds on merged under it: of several bases the later ones over the earlier. `shown` is how messages name the file. */
export async function readConfigTree(path: string, shown: string = path): Promise<Tree> {
  return read({ path: resolve(path), shown }, []);
}

interface File {
  readonly path: string;
  readonly shown: string;
}

async function read(file: File, through: readonly File[], named?: Origin): Promise<Tree> {
  const chain = [...through, file];
  if (through.some(({ path }) => path === file.path)) {
    const [first] = chain.slice(chain.findIndex(({ path }) => path === file.path));
    const round = chain.slice(chain.indexOf(first!)).map(({ shown }) => `\`${shown}\``);
    throw new UserError(`${placeOf(named!)}: \`${baseKey}\`: the configs build on each other in a circle: ${round.join(' -> ')}`);
  }
  if (chain.length > deepest) throw new UserError(`${placeOf(named!)}: \`${baseKey}\`: more than ${deepest} configs one on the other`);
  const tree = parseTree(await textOf(file, named), file.shown);
  if (tree.kind !== 'map') {
    throw new UserError(`${placeOf(tree.origin)}: a config is a mapping of settings`, {
      hint: 'it begins with `model:` or with `_base_:`',
    });
  }
  let under: Tree | undefined;
  for (const { name, origin } of basesOf(tree)) {
    if (isAbsolute(name)) throw new UserError(`${placeOf(origin)}: \`${baseKey}\`: \`${name}\` is not relative to this file`);
    const path = resolve(dirname(file.path), name);
    under = merge(under, await read({ path, shown: besides(file, path) }, chain, origin));
  }
  const entries = new Map([...tree.entries].filter(([key]) => key !== baseKey));
  return merge(under, { ...tree, entries });
}

/** The path of another file, said the way that the first one was. */
function besides({ path, shown }: File, other: string): string {
  const from = dirname(path);
  const prefix = shown.slice(0, shown.length - (path.length - from.length - 1));
  const way = relative(from, other);
  return isAbsolute(shown) ? other : normal(prefix, way);
}

/** `configs/voc/` and `../_base_/x.yaml` to `configs/_base_/x.yaml`. */
function normal(prefix: string, way: string): string {
  const steps: string[] = [];
  for (const step of `${prefix}${way}`.split('/')) {
    if (step === '..' && steps.length > 0 && steps.at(-1) !== '..') steps.pop();
    else if (step !== '.') steps.push(step);
  }
  return steps.join('/');
}

function basesOf({ entries }: MapTree): { name: string; origin: Origin }[] {
  const said = entries.get(baseKey);
  if (!said) return [];
  return (said.tree.kind === 'list' ? said.tree.items : [said.tree]).map((item) => {
    if (item.kind === 'value' && typeof item.value === 'string' && item.value !== '') return { name: item.value, origin: item.origin };
    throw new UserError(`${placeOf(item.origin)}: \`${baseKey}\`: not the path of a config`, {
      hint: 'one path, or a list of them, relative to this file',
    });
  });
}

async function textOf({ path, shown }: File, named: Origin | undefined): Promise<string> {
  const said = named ? `${placeOf(named)}: \`${baseKey}\`: no config at \`${shown}\`` : `No config at \`${shown}\``;
  let bytes: Uint8Array;
  try {
    // Or a pipe that nobody writes to would hang here.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw new UserError(`${said}: it is not a file`);
      if (stats.size > largest)
        throw new UserError(`${shown}: ${stats.size} bytes; a config has at most ${largest}`, { hint: 'is it a config?' });
      bytes = await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(said, { hint: messageOf(cause), cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UserError(`${shown}: not a text in UTF-8`, { hint: 'a config is a YAML file', cause });
  }
}
