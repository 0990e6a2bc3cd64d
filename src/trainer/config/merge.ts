import type { MapTree, Tree } from './tree.js';

/** A mapping with this key, true, takes nothing over from what it is merged onto. */
export const deleteKey = '_delete_';

/**
 * `over` on top of `under`: mappings merge key by key, everything else is replaced whole, lists too. What `_delete_: true` stands beside replaces
 * whole as well.
 */
export function merge(under: Tree | undefined, over: Tree): Tree {
  if (over.kind !== 'map') return over;
  if (under?.kind !== 'map' || deletes(over)) return withoutMarks(over);
  const entries = new Map(under.entries);
  for (const [key, { key: place, tree }] of over.entries)
    if (key !== deleteKey) entries.set(key, { key: place, tree: merge(under.entries.get(key)?.tree, tree) });
  return { kind: 'map', origin: over.origin, entries };
}

function deletes({ entries }: MapTree): boolean {
  const mark = entries.get(deleteKey)?.tree;
  return mark?.kind === 'value' && mark.value === true;
}

/** The tree without its `_delete_`, which have done their work or had nothing to delete. */
function withoutMarks(tree: Tree): Tree {
  if (tree.kind !== 'map') return tree;
  const entries = [...tree.entries].filter(([key]) => key !== deleteKey);
  return {
    ...tree,
    entries: new Map(entries.map(([key, { key: place, tree: value }]) => [key, { key: place, tree: withoutMarks(value) }])),
  };
}
