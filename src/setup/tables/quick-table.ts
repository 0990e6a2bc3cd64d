import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import type { quickSchemas } from './quick-schemas.js';

type Schemas = typeof quickSchemas;
export type QuickTable = keyof Schemas;

/** Where the build writes a table that it has checked; beside the sources there is none. */
export const compiledTable = (name: QuickTable): URL => new URL(`./compiled/${name}.json`, import.meta.url);

/**
 * A table of `configs/support`, as the build wrote it down. Parsing YAML and checking it would take longer than looking at the machine;
 * without a build that is done here.
 */
export async function quickTable<Name extends QuickTable>(name: Name): Promise<z.output<Schemas[Name]>> {
  try {
    return JSON.parse(readFileSync(compiledTable(name), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return checkedTable(name);
}

/** The same, parsed and checked. */
export async function checkedTable<Name extends QuickTable>(name: Name): Promise<z.output<Schemas[Name]>> {
  const [{ readTable }, { quickSchemas }] = await Promise.all([import('./read-table.js'), import('./quick-schemas.js')]);
  return readTable<unknown>(`${name}.yaml`, quickSchemas[name]) as z.output<Schemas[Name]>;
}
