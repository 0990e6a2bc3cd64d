import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { z } from 'zod';
import { messageOf, UserError } from '../../errors.js';
import { readConfigTree } from './base.js';
import { checkTree } from './check.js';
import { parseTree } from './parse.js';
import { withSetting } from './set.js';
import type { Tree } from './tree.js';

/** Reads a YAML file that must satisfy `schema`; what is wrong is said with file, line and path. Nothing in it is run. */
export async function loadYaml<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UserError(`No config at \`${path}\``, { hint: messageOf(error), cause: error });
  }
  return checkTree(parseTree(text, path), schema);
}

/** A config with its bases merged under it and `a.b.c=value` settings put on top, in their order; `shown` is how messages name the file. */
export async function loadTree(path: string, { set, shown }: { readonly set: readonly string[]; readonly shown: string }): Promise<Tree> {
  return set.reduce(withSetting, await readConfigTree(path, shown));
}

/** The text of a YAML file that `loadYaml` reads back. */
export const toYaml = (value: object): string => stringify(value);
