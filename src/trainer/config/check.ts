import type { z } from 'zod';
import { UserError } from '../../errors.js';
import { nearestMatch } from '../../nearest-match.js';
import { choiceAt, keysAt } from './schema-parts.js';
import { originAt, type Path, pathText, placeOf, plainOf, type Tree, treeAt } from './tree.js';

/** The value of a tree as `schema` wants it. Throws a UserError with the place and the path of what is wrong, and what was probably meant. */
export function checkTree<Schema extends z.ZodType>(tree: Tree, schema: Schema): z.output<Schema> {
  const value = plainOf(tree);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, what, hint } = complaint(worst(parsed.error.issues), tree, schema, value);
  const where = `${placeOf(originAt(tree, path))}: \`${pathText(path) || 'config'}\``;
  throw new UserError(`${where}: ${what}`, { ...(hint === undefined ? {} : { hint }), cause: parsed.error });
}

type Issue = z.core.$ZodIssue;
interface Complaint {
  readonly path: Path;
  readonly what: string;
  readonly hint?: string | undefined;
}

/** A setting that nobody knows explains what is missing: it is said first. */
function worst(issues: readonly Issue[]): Issue {
  return innermost(issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!);
}

/** Of a choice without a `type`, what is wrong with the alternative that comes nearest. */
function innermost(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const ranked = issue.errors.map((issues) => ({
    issues,
    wrongKind: issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  }));
  const possible = ranked.filter(({ wrongKind }) => !wrongKind);
  const [nearest] = possible.sort((one, other) => one.issues.length - other.issues.length);
  if (!nearest) return issue;
  const inner = worst(nearest.issues as Issue[]);
  return { ...inner, path: [...issue.path, ...inner.path] };
}

function complaint(issue: Issue, tree: Tree, schema: z.core.$ZodType, value: unknown): Complaint {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') return unknownKey(path, issue.keys[0]!, tree, schema, value);
  if (issue.code === 'invalid_union' && path.at(-1) === 'type') return unknownType(path, tree, schema, value);
  const given = treeAt(tree, path);
  if (given === undefined) return { path, what: 'is missing', hint: describe(issue) };
  if (issue.code === 'invalid_union') return { path, what: `${shown(given)} is none of what may stand here`, hint: alternatives(issue) };
  const close =
    issue.code === 'invalid_value' && given.kind === 'value' ? nearestMatch(String(given.value), issue.values.map(String)) : undefined;
  return { path, what: `${shown(given)}: ${describe(issue)}`, hint: close === undefined ? undefined : `did you mean \`${close}\`?` };
}

function unknownKey(path: Path, key: string, tree: Tree, schema: z.core.$ZodType, value: unknown): Complaint {
  const keys = keysAt(schema, value, path);
  const close = nearestMatch(key, keys);
  const [own, chosen] = [originAt(tree, [...path, key]), treeAt(tree, [...path, 'type'])];
  const list = keys.map((each) => `\`${each}\``).join(', ');
  const what = chosen?.kind === 'value' ? `\`${String(chosen.value)}\` has no such setting` : 'there is no such setting';
  // Another config chose another type over this one: its settings are left from the one below.
  if (chosen && chosen.origin.from !== own.from && close === undefined)
    return {
      path: [...path, key],
      what,
      hint: `\`type: ${shownPlain(chosen)}\` is said in ${placeOf(chosen.origin)}; \`_delete_: true\` beside it drops what the config below says`,
    };
  return { path: [...path, key], what, hint: close === undefined ? `there is ${list}` : `did you mean \`${close}\`?` };
}

function unknownType(path: Path, tree: Tree, schema: z.core.$ZodType, value: unknown): Complaint {
  const { noun, types } = choiceAt(schema, value, path.slice(0, -1));
  const given = treeAt(tree, path);
  const list = types.map((each) => `\`${each}\``).join(', ');
  if (given === undefined) return { path, what: 'is missing', hint: `there is ${list}` };
  const close = nearestMatch(shownPlain(given), types);
  const hint = `${close === undefined ? '' : `did you mean \`${close}\`? `}there is ${list}`;
  return { path, what: `no ${noun} is called ${shown(given)}`, hint };
}

const shownPlain = (tree: Tree): string => (tree.kind === 'value' ? String(tree.value) : tree.kind === 'list' ? 'a list' : 'a mapping');
const shown = (tree: Tree): string => (tree.kind === 'value' ? `\`${String(tree.value).slice(0, 60)}\`` : shownPlain(tree));

/** What zod says, in the words of a config. */
function describe(issue: Issue): string {
  if (issue.code === 'invalid_type') return `expected ${kinds[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `expected ${issue.values.map((each) => `\`${String(each)}\``).join(' or ')}`;
  if (issue.code === 'invalid_union') return alternatives(issue);
  return issue.message.replace(/^(Too small|Too big|Invalid input): /, '');
}

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping',
  tuple: 'a list',
  string: 'a word',
  int: 'a whole number',
  number: 'a number',
  boolean: '`true` or `false`',
};

function alternatives(issue: Issue): string {
  const errors = issue.code === 'invalid_union' ? issue.errors : [];
  const said = errors.flatMap(([first]) => (first && first.path.length === 0 ? [describe(first as Issue).replace(/^expected /, '')] : []));
  return said.length > 0 ? `expected ${[...new Set(said)].join(' or ')}` : 'look at the other configs that are shipped';
}
