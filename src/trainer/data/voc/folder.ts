import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../../../errors.js';

/** A folder with `Annotations`, `ImageSets` and `JPEGImages`. */
export interface VocFolder {
  /** As reached from the folder that the user named. */
  readonly directory: string;
  /** `VOC2007` */
  readonly name: string;
  /** Where the split files lie: `ImageSets/Main`, or `ImageSets` itself. */
  readonly splitsDirectory: string;
}

const parts = ['Annotations', 'ImageSets', 'JPEGImages'] as const;

/**
 * The VOC folders that `directory` means: itself, or those up to two levels below it (`VOCdevkit/VOC2007`). Several are
 * taken together when all are years of the challenge. Throws a UserError where there is none, or no telling which.
 */
export async function findVocFolders(directory: string): Promise<readonly VocFolder[]> {
  let level = [directory];
  await namesIn(directory, true);
  for (let depth = 0; depth <= 2; depth++) {
    const found: VocFolder[] = [];
    const below: string[] = [];
    for (const folder of level) {
      const names = await namesIn(folder, depth === 0);
      if (parts.every((part) => names.folders.includes(part))) found.push(await vocFolder(folder));
      else below.push(...names.folders.map((name) => join(folder, name)));
    }
    if (found.length === 1 || (found.length > 1 && found.every(({ name }) => /^VOC\d{4}$/.test(name)))) return found;
    if (found.length > 1) {
      throw new UserError(`\`${directory}\` holds ${found.length} data sets: ${found.map(({ name }) => `\`${name}\``).join(', ')}`, {
        hint: `name one of them, as in \`--data ${found[0]!.directory}\``,
      });
    }
    level = below;
  }
  const { folders } = await namesIn(directory, true);
  const missing = parts.filter((part) => !folders.includes(part));
  throw new UserError(`\`${directory}\` is not a Pascal VOC data set: it has no ${missing.map((part) => `\`${part}\``).join(', ')}`, {
    hint: 'a VOC folder has `Annotations`, `ImageSets` (or `ImageSets/Main`) and `JPEGImages`; a VOCdevkit has such folders in it',
  });
}

async function vocFolder(directory: string): Promise<VocFolder> {
  const sets = join(directory, 'ImageSets');
  const { folders } = await namesIn(sets, true);
  const name =
    directory
      .split(/[/\\]/)
      .filter((part) => part !== '' && part !== '.')
      .at(-1) ?? directory;
  return { directory, name, splitsDirectory: folders.includes('Main') ? join(sets, 'Main') : sets };
}

/** Sub-folders (links followed) and files of a folder, sorted. */
async function namesIn(
  folder: string,
  needed: boolean,
): Promise<{ readonly folders: readonly string[]; readonly files: readonly string[] }> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = (wanted: boolean) =>
      entries
        .filter((entry) => entry.isSymbolicLink() || entry.isDirectory() === wanted)
        .map(({ name }) => name)
        .sort();
    return { folders: names(true), files: names(false) };
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    // A neighbour that may not be looked into cannot be the data set meant.
    if (!needed) return { folders: [], files: [] };
    if (code === 'ENOENT') throw new UserError(`No such folder: \`${folder}\``, { cause });
    if (code === 'ENOTDIR') throw new UserError(`\`${folder}\` is a file, not a folder`, { cause });
    throw new UserError(`Cannot read \`${folder}\`: ${messageOf(cause)}`, { cause });
  }
}
