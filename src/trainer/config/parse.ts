import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument } from 'yaml';
import { UserError } from '../../errors.js';
import type { MapTree, Origin, Tree, ValueTree } from './tree.js';

/** A config is written by hand: what is larger than this is none, or means harm. */
const limits = { characters: 256 * 1024, parts: 20_000, depth: 64 } as const;

/**
 * Parses YAML into a tree with places; `name` is what messages call the text. Nothing in it is run, and aliases that blow up are stopped while
 * they are followed. Throws a UserError with the line.
 */
export function parseTree(text: string, name: string): Tree {
  if (text.length > limits.characters)
    throw new UserError(`${name}: ${text.length} characters; a config has at most ${limits.characters}`, { hint: 'is it a config?' });
  if (text.includes('\0')) throw new UserError(`${name}: not a text`, { hint: 'a config is a YAML file' });
  const lines = new LineCounter();
  const document = parsed(text, name, lines);
  const lineOf = (node: Node | null | undefined) => lines.linePos((node as ParsedNode | null)?.range?.[0] ?? 0).line;
  const fail = (node: Node | null, what: string, hint?: string) =>
    new UserError(`${name}:${lineOf(node)}: ${what}`, hint === undefined ? {} : { hint });
  let parts = 0;

  const treeOf = (node: Node | null, around: Origin, depth: number): Tree => {
    if (++parts > limits.parts) throw fail(node, `more than ${limits.parts} values once every alias is followed`);
    if (depth > limits.depth) throw fail(node, `more than ${limits.depth} levels deep`);
    const origin = node === null ? around : { from: name, line: lineOf(node) };
    if (node === null) return { kind: 'value', origin, value: null };
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (!target) throw fail(node, `no \`&${node.source}\` stands before \`*${node.source}\``);
      return treeOf(target as Node, origin, depth + 1);
    }
    if (node.tag && !node.tag.startsWith('tag:yaml.org,2002:')) throw fail(node, `the tag \`${node.tag}\`: a config has plain values only`);
    if (isSeq(node)) return { kind: 'list', origin, items: node.items.map((item) => treeOf(item as Node | null, origin, depth + 1)) };
    if (isMap(node)) return mapOf(node.items as { key: unknown; value: unknown }[], origin, depth);
    if (isScalar(node)) return { kind: 'value', origin, value: scalar(node.value, node) };
    throw fail(node, 'not a value of a config');
  };

  const mapOf = (items: readonly { key: unknown; value: unknown }[], origin: Origin, depth: number): MapTree => {
    const entries = new Map<string, { key: Origin; tree: Tree }>();
    for (const { key, value } of items) {
      const node = key as Node | null;
      const word = isScalar(node) ? node.value : undefined;
      if (typeof word !== 'string' || !/^[A-Za-z_][\w-]*$/.test(word) || word === '__proto__')
        throw fail(
          node,
          `\`${
            String(node ?? '')
              .slice(0, 40)
              .split('\n')[0]
          }\` is not the name of a setting`,
        );
      const place = { from: name, line: lineOf(node) };
      const before = entries.get(word);
      if (before) throw fail(node, `\`${word}\` stands in line ${before.key.line} already`);
      entries.set(word, { key: place, tree: treeOf(value as Node | null, place, depth + 1) });
    }
    return { kind: 'map', origin, entries };
  };

  const scalar = (value: unknown, node: Node): ValueTree['value'] => {
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
    throw fail(node, 'not a number, a word, true or false');
  };
  return treeOf(document.contents as Node | null, { from: name, line: 1 }, 0);
}

function parsed(text: string, name: string, lineCounter: LineCounter) {
  const document = parseDocument(text, { lineCounter, uniqueKeys: false, logLevel: 'error' });
  const [trouble] = [...document.errors, ...document.warnings];
  if (trouble) {
    // The parser recurses: thousands of brackets end its stack, which it says as an error of the text.
    const tooDeep = /call stack/.test(trouble.message) ? `more than ${limits.depth} levels deep` : undefined;
    const what = tooDeep ?? trouble.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
    throw new UserError(`${name}:${trouble.linePos?.[0].line ?? 1}: ${what}`, { hint: 'a config is a YAML file', cause: trouble });
  }
  return document;
}
