import { z } from 'zod';
import { readTable } from './read-table.js';
import { sourced, versionText } from './row-source.js';
import { compareInstallers } from './run-flags.js';

export const architecture = z.enum(['x86_64', 'aarch64']);
export const sha256Text = z.string().regex(/^[0-9a-f]{64}$/);

const table = readTable(
  'run-installers.yaml',
  z.strictObject({
    hosts: z.array(z.url().startsWith('https://')).min(1),
    installers: z.array(
      z.strictObject({
        ...sourced,
        version: versionText,
        architecture,
        sha256: sha256Text,
        place: z.enum(['XFree86', 'tesla']).optional(),
      }),
    ),
  }),
);

/** Installers whose checksum is known. */
export const runInstallers = table.installers;
export type InstallerRow = (typeof runInstallers)[number];

/** `NVIDIA-Linux-x86_64-580.95.05.run`, as NVIDIA calls it. */
export const installerName = ({ version, architecture: which }: Pick<InstallerRow, 'version' | 'architecture'>): string =>
  `NVIDIA-Linux-${which}-${version}.run`;

/** Where NVIDIA has an installer; of one that no row names both of its folders are tried. */
export function installerUrls(wanted: Pick<InstallerRow, 'version' | 'architecture' | 'place'>, known: boolean): readonly string[] {
  const name = installerName(wanted);
  const folders = {
    XFree86: `XFree86/${wanted.architecture === 'x86_64' ? 'Linux-x86_64' : 'aarch64'}/${wanted.version}`,
    tesla: `tesla/${wanted.version}`,
  };
  const places = known ? [wanted.place ?? 'XFree86'] : (['XFree86', 'tesla'] as const);
  return places.flatMap((place) => table.hosts.map((host) => `${host}/${folders[place]}/${name}`));
}

/** The row of an installer, undefined where its checksum is not known. */
export const installerRow = (version: string, which: string): InstallerRow | undefined =>
  runInstallers.find((row) => row.version === version && row.architecture === which);

/** The installers of an architecture, the newest first. */
export const newestInstallers = (which: string): readonly InstallerRow[] =>
  runInstallers.filter((row) => row.architecture === which).toSorted((one, other) => compareInstallers(other.version, one.version));
