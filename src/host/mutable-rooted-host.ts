import { randomUUID } from 'node:crypto';
import { chown, lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { UserError } from '../errors.js';
import type { HostPath, MutableHost } from './host.js';
import { locateInside } from './inside-root.js';
import { unavailable } from './no-answer.js';
import { rootedHost } from './rooted-host.js';

/** A machine that is a folder and may be changed: a mounted image, a chroot, or a test's temporary root. It runs nothing. */
export function mutableRootedHost(root: string): MutableHost {
  return {
    ...rootedHost(root),
    async write(path, content, mode) {
      const real = await placeOf(root, path);
      const before = await statusOf(real);
      await mkdir(dirname(real), { recursive: true });
      await replace(real, content, mode ?? (before ? before.mode & 0o7777 : 0o644), before);
    },
    async remove(path) {
      await rm(await placeOf(root, path), { force: true });
      await syncDirectory(dirname(await placeOf(root, path)));
    },
    execute: async ({ program }) => unavailable(`\`${program}\` cannot be run: this machine is a folder, not running`),
  };
}

/** Where a file is to be written: at the end of its links; in folders that do not exist yet, under the deepest that does. */
async function placeOf(root: string, path: HostPath): Promise<string> {
  const located = await locateInside(root, path, { follow: 'all' });
  if (located.outcome === 'located') return located.real;
  if (located.outcome === 'unavailable') throw new UserError(`Cannot write \`${path}\`: ${located.why}`, { exitCode: 3 });
  const real = join(await placeOf(root, posix.dirname(path) as HostPath), posix.basename(path));
  // Its target is not there inside the root, but the system would follow it outside.
  if (await isLink(real)) throw new UserError(`Cannot write \`${path}\`: it is a link that leads nowhere`, { exitCode: 3 });
  return real;
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
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
