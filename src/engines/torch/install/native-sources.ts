import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The addon's C++ sources; beside this module's parent in `src/` and in `dist/` alike. */
export const nativeFolder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'native');

export interface NativeSources {
  /** Paths of the `.cc` files. */
  readonly units: readonly { readonly name: string; readonly path: string; readonly sha256: string }[];
  /** Of every header and the build's own version: what every unit depends on. */
  readonly sharedSha256: string;
  /** Of everything. */
  readonly sha256: string;
}

/** A change of the way the addon is compiled or linked makes older builds stale. */
const recipe = 'build 1';

/** Reads and hashes the sources in a folder. */
export async function readNativeSources(folder = nativeFolder): Promise<NativeSources> {
  const names = (await readdir(folder)).sort();
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const headers = await Promise.all(
    names.filter((name) => /\.(h|hpp|inc)$/.test(name)).map(async (name) => `${name}\n${await read(name)}`),
  );
  const sharedSha256 = hashOf([recipe, ...headers]);
  const units = await Promise.all(
    names
      .filter((name) => name.endsWith('.cc'))
      .map(async (name) => ({ name, path: join(folder, name), sha256: hashOf([sharedSha256, await read(name)]) })),
  );
  return { units, sharedSha256, sha256: hashOf([sharedSha256, ...units.map(({ name, sha256 }) => `${name} ${sha256}`)]) };
}

export function hashOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}
