import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { z } from 'zod';

/** Where the tables lie. */
export const tables = new URL('../../../configs/support/', import.meta.url);

/** A table of `configs/support`, checked. A table that does not fit is a bug of ours, and throws. */
export function readTable<T>(name: string, schema: z.ZodType<T>): T {
  const checked = schema.safeParse(parse(readFileSync(new URL(name, tables), 'utf8')));
  if (!checked.success) throw new Error(`configs/support/${name}: ${checked.error.message}`);
  return checked.data;
}
