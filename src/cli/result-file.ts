import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.js';

/** A file that the user wants a result in. */
export interface ResultFile {
  readonly path: string;
  /** Whole or not at all: a temporary file beside it, fsync, rename. Throws a `UserError` where the disk or the folder refuses. */
  write(text: string): Promise<void>;
}

/** The file that `flag` names in `cwd`; throws a `UserError` at once where it cannot be one, before there is a result to lose. */
export async function resultFile(name: string, flag: string, cwd: string): Promise<ResultFile> {
  const path = resolve(cwd, name);
  if (name === '' || (await isFolder(path)))
    throw new UserError(`\`${name}\` is a folder`, { hint: `\`${flag}\` names the file to write` });
  if (!(await isFolder(dirname(path))))
    throw new UserError(`Cannot write \`${name}\`: \`${dirname(path)}\` is not a folder`, { hint: `\`${flag}\` makes no folders` });
  return { path, write: (text) => replace(path, text, flag) };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

async function replace(path: string, text: string, flag: string): Promise<void> {
  // A name that nobody can have guessed: in /tmp somebody else's link may wait where we would write as root.
  const temporary = join(dirname(path), `.gpu-setup.${randomUUID()}`);
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const why = refusals[(error as NodeJS.ErrnoException).code ?? ''];
    if (why === undefined) throw error;
    throw new UserError(`Cannot write \`${path}\`: ${why}`, { hint: `\`${flag}\` may name another place`, cause: error });
  }
}

const refusals: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ENAMETOOLONG: 'the name is too long',
};
