import { lstat, mkdir, readdir, rename, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Moves a folder to `target`, in one step where nothing lies there yet. Else its files join those there, and the folder `last`, which
 * lists the others, comes after them: cut off in between, nothing is listed that is missing. Both lie on one file system.
 */
export async function moveInto(source: string, target: string, last: string): Promise<void> {
  if (!(await exists(target))) {
    await mkdir(dirname(target), { recursive: true });
    await rename(source, target);
    return;
  }
  const entries = await readdir(source, { withFileTypes: true });
  for (const entry of [...entries.filter(({ name }) => name !== last), ...entries.filter(({ name }) => name === last)]) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) await moveInto(from, to, last);
    else await rename(from, to);
  }
  await rmdir(source);
}

export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    // A file where a folder is expected holds nothing either.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
