import { readFile } from 'node:fs/promises';
import { isNode, LineCounter, parseDocument, stringify } from 'yaml';
import type { z } from 'zod';
import { messageOf, UserError } from '../../errors.js';

/** Reads a YAML file that must satisfy `schema`; what is wrong is said with file, line and path. Nothing in it is run. */
export async function loadYaml<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UserError(`No config at \`${path}\``, { hint: messageOf(error), cause: error });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [syntax] = document.errors;
  if (syntax) throw new UserError(`${path}:${syntax.linePos?.[0].line ?? 1}: ${syntax.message.split('\n')[0]}`, { cause: syntax });
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const node = document.getIn(issue!.path as string[], true);
  const offset = isNode(node) ? node.range?.[0] : undefined;
  const where = offset === undefined ? path : `${path}:${lines.linePos(offset).line}`;
  throw new UserError(`${where}: \`${issue!.path.join('.') || 'config'}\`: ${issue!.message}`, { cause: parsed.error });
}

/** The text of a YAML file that `loadYaml` reads back. */
export const toYaml = (value: object): string => stringify(value);
