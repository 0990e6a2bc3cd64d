import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { UserError } from '../../../errors.js';
import { loadYaml } from '../../config/load.js';

/** A path below the folder that a data set is fetched to: relative, and without a way out. */
const below = z.string().regex(/^(?!\.)[\w.-]+(\/(?!\.)[\w.-]+)*$/);

const archive = z.strictObject({
  file: z
    .string()
    .regex(/^[\w.-]+\.tar$/)
    .describe('its name on the hosts, and on disk'),
  split: z.string().min(1),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  hosts: z.array(z.url().endsWith('/')).min(1).describe('folders that have it, the official one first'),
});

const dataSet = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+$/),
  title: z.string(),
  folder: below.describe('where its pictures lie once unpacked'),
  last: z.string().describe('the folder below it that lists the others'),
  terms: z.url(),
  source: z.string().min(1),
  date: z.iso.date(),
  archives: z.array(archive).min(1),
});

export type DataSetRow = z.infer<typeof dataSet>;
export type ArchiveRow = DataSetRow['archives'][number];

const table = fileURLToPath(new URL('../../../../configs/support/data-sets.yaml', import.meta.url));

/** What `data fetch` knows, in the order of `configs/support/data-sets.yaml`. */
export async function fetchableDataSets(): Promise<readonly DataSetRow[]> {
  return (await loadYaml(table, z.strictObject({ dataSets: z.array(dataSet).min(1) }))).dataSets;
}

/** The archives that hold `split` of a data set, or all of them; throws a UserError where it has no such split. */
export function archivesOf({ name, archives }: DataSetRow, split: string): readonly ArchiveRow[] {
  const chosen = split === 'all' ? archives : archives.filter((row) => row.split === split);
  if (chosen.length > 0) return chosen;
  throw new UserError(`\`${name}\` has no split \`${split}\``, {
    hint: `there is ${[...archives.map((row) => `\`${row.split}\``), '`all`'].join(', ')}`,
  });
}
