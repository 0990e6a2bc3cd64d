import { z } from 'zod';
import { readTable } from './read-table.js';
import { sourced } from './row-source.js';

const names = z.array(z.string()).min(1);
const packages = z.strictObject({
  desktop: names,
  headless: names,
  prebuiltDesktop: names.optional(),
  prebuiltHeadless: names.optional(),
});
const hostPath = z.templateLiteral(['/', z.string()]);

const table = readTable(
  'distributions.yaml',
  z.strictObject({
    packageSets: z.record(z.string(), z.strictObject({ proprietary: packages, open: packages.optional() })),
    signing: z.record(
      z.string(),
      z.strictObject({
        by: z.enum(['openssl', 'update-secureboot-policy']),
        key: hostPath,
        certificate: hostPath,
        packages: names,
      }),
    ),
    distributions: z.array(
      z.strictObject({
        ...sourced,
        id: z.string(),
        versionId: z.string(),
        codename: z.string(),
        components: names,
        archive: z.strictObject({ uri: z.url(), keyring: hostPath }),
        signing: z.string().nullable(),
        branches: z.array(
          z.strictObject({
            branch: z.number().int().positive(),
            packages: z.string(),
            version: z.string().optional(),
            transitionalTo: z.number().int().positive().optional(),
          }),
        ),
      }),
    ),
  }),
);

export const { distributions, packageSets, signing } = table;
export type Distribution = (typeof distributions)[number];
export type BranchRow = Distribution['branches'][number];
export type Signing = (typeof signing)[string];

/** As os-release(5) names it. */
interface Release {
  readonly id: string;
  readonly versionId: string | undefined;
  readonly codename: string | undefined;
}

/** The row of the distribution that runs, undefined where we know no such release. Derivatives are not their parents. */
export function distributionOf<R extends Release>({ id, versionId, codename }: R): Distribution | undefined {
  return distributions.find(
    (row) => row.id === id && (row.versionId === versionId || (versionId === undefined && row.codename === codename)),
  );
}

/** `Debian 12` */
export const distributionName = ({ id, versionId }: Pick<Distribution, 'id' | 'versionId'>): string =>
  `${id.charAt(0).toUpperCase()}${id.slice(1)} ${versionId}`;
