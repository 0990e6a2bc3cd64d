import { z } from 'zod';
import { readTable } from './read-table.js';
import { sourced } from './row-source.js';

/** How long NVIDIA supports each branch. */
export const driverBranches = readTable(
  'driver-branches.yaml',
  z.strictObject({
    branches: z.array(
      z.strictObject({
        ...sourced,
        branch: z.number().int().positive(),
        kind: z.enum(['legacy', 'long-term', 'production', 'feature']),
        endOfLife: z.string().regex(/^\d{4}-\d{2}$/),
      }),
    ),
  }),
).branches;

/** `580, long-term, supported until 2028-06` */
export function lifeOf(branch: number): string {
  const row = driverBranches.find((each) => each.branch === branch);
  return row ? `${row.kind}, NVIDIA supports it until ${row.endOfLife}` : 'of a life that our table does not know';
}
