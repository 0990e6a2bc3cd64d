import { randomUUID } from 'node:crypto';
import { chmod, chown, lstat, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { UserError } from '../errors.js';
import type { HostPath, MutableHost } from './host.js';
import { locateInside } from './inside-root.js';

export type FileChanges = Pick<MutableHost, 'write' | 'remove' | 'removeEmptyDirectory' | 'setMode'>;

/** Changes to the files of the machine whose root is the folder `root`. What the system refuses is a `UserError`. */
export const fileChanges = (root: string): FileChanges => ({
  write: (path, content, mode) =>
    explained('write', path, async () => {
      const real = await placeOf(root, path);
      const before = await statusOf(real);
      // Whatever the umask: nobody else may write there.
      await mkdir(dirname(real), { recursive: true, mode: 0o755 });
      await replace(real, content, mode ?? (before ? before.mode & 0o7777 : 0o644), before);
    }),
  remove: (path) =>
    explained('remove', path, async () => {
      const real = await placeOf(root, path);
      await rm(real, { force: true });
      if (await statusOf(dirname(real))) await syncDirectory(dirname(real));
    }),
  removeEmptyDirectory: (path) =>
    explained('remove', path, async () => {
      try {
        await rmdir(await placeOf(root, path));
      } catch (error) {
        if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      }
    }),
  setMode: (path, mode) => explained('change', path, async () => chmod(await placeOf(root, path), mode)),
});

/** A full disk or a read-only one is no bug of ours. */
async function explained<T>(verb: string, path: HostPath, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof UserError) throw error;
    throw new UserError(`Cannot ${verb} \`${path}\`: ${words[code] ?? message}`, { exitCode: 3, cause: error });
  }
}

const words: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'the system does not permit it',
};

/** Where a file is to be written: at the end of its links; in folders that do not exist yet, under the deepest that does. */
async function placeOf(root: string, path: HostPath): Promise<string> {
  await refuseCommonGround(root, path);
  const located = await locateInside(root, path, { follow: 'all' });
  if (located.outcome === 'located') {
    await refuseCommonGround(root, located.inside);
    return located.real;
  }
  if (located.outcome === 'unavailable') throw new UserError(`Cannot write \`${path}\`: ${located.why}`, { exitCode: 3 });
  const real = join(await placeOf(root, posix.dirname(path) as HostPath), posix.basename(path));
  // Its target is not there inside the root, but the system would follow it outside.
  if (await isLink(real)) throw new UserError(`Cannot write \`${path}\`: it is a link that leads nowhere`, { exitCode: 3 });
  return real;
}

/** Where everybody may write, as in /tmp, a name may have been planted as a link to somewhere else: no file of ours belongs there. */
async function refuseCommonGround(root: string, path: HostPath): Promise<void> {
  for (let folder = posix.dirname(path); folder !== '/'; folder = posix.dirname(folder)) {
    const status = await statusOf(join(root, folder));
    if (status && (status.mode & 0o002) !== 0)
      throw new UserError(`Cannot write \`${path}\`: everybody may write in \`${folder}\``, { exitCode: 3 });
  }
}

async function isLink(real: string): Promise<boolean> {
  try {
    return (await lstat(real)).isSymbolicLink();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** All or nothing: who reads meanwhile, or after the power failed, sees the old file or the new one. */
async function replace(real: string, content: string | Uint8Array, mode: number, owner: { uid: number; gid: number } | undefined) {
  const temporary = join(dirname(real), `.${posix.basename(real)}.${randomUUID()}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    if (owner && (owner.uid !== process.getuid?.() || owner.gid !== process.getgid?.())) await chown(temporary, owner.uid, owner.gid);
    await rename(temporary, real);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(real));
}

/** A rename is on the disk once its directory is. */
async function syncDirectory(directory: string) {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function statusOf(real: string) {
  try {
    return await stat(real);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
