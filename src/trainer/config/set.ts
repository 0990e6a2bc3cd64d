import { UserError } from '../../errors.js';
import { merge } from './merge.js';
import { parseTree } from './parse.js';
import type { ListTree, MapTree, Origin, Tree } from './tree.js';

/** `tree` with what `a.b.0.c=VALUE` says, VALUE in YAML: a word, a number, `[1, 2]`, `{type: resnet, depth: 18}`. Throws a UserError that names it. */
export function withSetting(tree: Tree, setting: string): Tree {
  const flag = `--set ${setting}`;
  const equals = setting.indexOf('=');
  const path = setting.slice(0, equals).split('.');
  if (equals < 1 || path.some((step) => !/^([A-Za-z_][\w-]*|\d+)$/.test(step)))
    throw new UserError(`\`${flag}\` is not of the form \`--set a.b.c=value\``, { hint: 'say `--set training.batch=4`' });
  const parsed = parseTree(setting.slice(equals + 1), flag);
  const origin = { from: flag };
  return put(tree, path, relocated(parsed, origin), { flag, origin, at: [] });
}

interface Place {
  readonly flag: string;
  readonly origin: Origin;
  /** The steps taken so far. */
  readonly at: readonly string[];
}

function put(tree: Tree | undefined, [step, ...rest]: readonly string[], value: Tree, place: Place): Tree {
  if (step === undefined) return merge(tree, value);
  const deeper = { ...place, at: [...place.at, step] };
  if (tree?.kind === 'list') return inList(tree, step, rest, value, deeper);
  if (tree?.kind === 'value' && tree.value !== null)
    throw new UserError(`\`${place.flag}\`: \`${place.at.join('.')}\` is \`${String(tree.value)}\` and has no parts`);
  const before: MapTree = tree?.kind === 'map' ? tree : { kind: 'map', origin: place.origin, entries: new Map() };
  const entries = new Map(before.entries);
  entries.set(step, { key: place.origin, tree: put(before.entries.get(step)?.tree, rest, value, deeper) });
  return { ...before, entries };
}

function inList(list: ListTree, step: string, rest: readonly string[], value: Tree, place: Place): Tree {
  const index = Number(step);
  if (!Number.isInteger(index) || index > list.items.length) {
    throw new UserError(
      `\`${place.flag}\`: \`${place.at.slice(0, -1).join('.')}\` is a list of ${list.items.length}, which has no \`${step}\``,
      {
        hint: list.items.length > 0 ? `\`0\` to \`${list.items.length - 1}\` are there, \`${list.items.length}\` adds one` : '`0` adds one',
      },
    );
  }
  const items = [...list.items];
  items[index] = put(items[index], rest, value, place);
  return { ...list, items };
}

/** The tree as if all of it was written at `origin`. */
function relocated(tree: Tree, origin: Origin): Tree {
  if (tree.kind === 'value') return { ...tree, origin };
  if (tree.kind === 'list') return { ...tree, origin, items: tree.items.map((item) => relocated(item, origin)) };
  const entries = [...tree.entries].map(([key, { tree: value }]) => [key, { key: origin, tree: relocated(value, origin) }] as const);
  return { ...tree, origin, entries: new Map(entries) };
}
