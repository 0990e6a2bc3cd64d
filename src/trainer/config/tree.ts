/** Where a value was written: a file and its line, a flag, or the schema's defaults. */
export interface Origin {
  readonly from: string;
  readonly line?: number;
}

export const placeOf = ({ from, line }: Origin): string => (line === undefined ? from : `${from}:${line}`);

/** A YAML value that remembers where each part of it was written. */
export type Tree = MapTree | ListTree | ValueTree;

export interface MapTree {
  readonly kind: 'map';
  readonly origin: Origin;
  /** Each with the place of its key. */
  readonly entries: ReadonlyMap<string, { readonly key: Origin; readonly tree: Tree }>;
}
export interface ListTree {
  readonly kind: 'list';
  readonly origin: Origin;
  readonly items: readonly Tree[];
}
export interface ValueTree {
  readonly kind: 'value';
  readonly origin: Origin;
  readonly value: string | number | boolean | null;
}

export type Path = readonly (string | number)[];

/** The value without its places. */
export function plainOf(tree: Tree): unknown {
  if (tree.kind === 'value') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plainOf);
  return Object.fromEntries([...tree.entries].map(([key, { tree: value }]) => [key, plainOf(value)]));
}

/** The part at `path`, if there is one. */
export function treeAt(tree: Tree, path: Path): Tree | undefined {
  let at: Tree | undefined = tree;
  for (const step of path) {
    if (at?.kind === 'map') at = at.entries.get(String(step))?.tree;
    else if (at?.kind === 'list') at = at.items[Number(step)];
    else return undefined;
  }
  return at;
}

/** Where the part at `path` was written, or where the innermost part around it was. */
export function originAt(tree: Tree, path: Path): Origin {
  for (let length = path.length; length > 0; length--) {
    const around = treeAt(tree, path.slice(0, length - 1));
    const key = around?.kind === 'map' ? around.entries.get(String(path[length - 1]))?.key : undefined;
    const found = key ?? treeAt(tree, path.slice(0, length))?.origin;
    if (found) return found;
  }
  return tree.origin;
}

/** `a.b.0.c` */
export const pathText = (path: Path): string => path.join('.');
