import { Document, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { originAt, type Path, pathText, placeOf, type Tree, treeAt } from './tree.js';

/** Where a value that no config says comes from. */
const byDefault = 'default';

/** The config as YAML; with `origins`, every value has the place where it was written beside it. */
export function configText(config: object, tree: Tree, { origins }: { readonly origins: boolean }): string {
  const document = new Document(config, { aliasDuplicateObjects: false });
  if (origins) comment(document.contents as Node, [], tree);
  return document.toString({ lineWidth: 0 }).trimEnd();
}

function comment(node: Node, path: Path, tree: Tree): void {
  if (isMap(node)) {
    for (const { key, value } of node.items as Pair<Node, Node>[]) if (value) comment(value, [...path, String(key)], tree);
  } else if (isSeq(node)) {
    // A list of plain values stays on its line.
    if (node.items.every(isScalar)) {
      node.flow = true;
      node.comment = ` ${originOf(tree, path)}`;
    } else for (const [index, item] of node.items.entries()) comment(item as Node, [...path, index], tree);
  } else node.comment = ` ${originOf(tree, path)}`;
}

/** Of every value of a config, by its path: where it was written. */
export function originsOf(config: object, tree: Tree): Readonly<Record<string, string>> {
  const origins: Record<string, string> = {};
  const visit = (value: unknown, path: Path) => {
    if (typeof value === 'object' && value !== null) {
      const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
      for (const [step, part] of entries) visit(part, [...path, step]);
    } else origins[pathText(path)] = originOf(tree, path);
  };
  visit(config, []);
  return origins;
}

const originOf = (tree: Tree, path: Path): string => (treeAt(tree, path) ? placeOf(originAt(tree, path)) : byDefault);
