import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { loadYaml } from '../config/load.js';

const row = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]+$/),
  title: z.string().min(1),
  url: z.url(),
  bytes: z.int().positive().optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{8,64}$/)
    .describe('all of it, or the beginning that is published'),
  input: z.enum(['rgb', 'bgr']),
  licence: z.string().min(1),
  source: z.string().min(1),
  date: z.iso.date(),
});

export type KnownWeights = z.infer<typeof row>;

const table = fileURLToPath(new URL('../../../configs/support/weights.yaml', import.meta.url));

/** Weights that have a name here, in the order of `configs/support/weights.yaml`; `path` names another table. */
export async function knownWeights(path = table): Promise<readonly KnownWeights[]> {
  return (await loadYaml(path, z.strictObject({ weights: z.array(row).min(1) }))).weights;
}

/** What its file is called on the host, and on disk. */
export const fileOf = ({ url }: Pick<KnownWeights, 'url'>): string => new URL(url).pathname.split('/').at(-1)!;
