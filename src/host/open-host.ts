import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../errors.js';
import type { Host } from './host.js';
import { rootedHost } from './rooted-host.js';
import { snapshotHost } from './snapshot-host.js';

/** What `--host` names: a snapshot folder, or any other folder as the root of a machine. Throws a `UserError` for anything else. */
export async function openHost(pathOrName: string): Promise<Host> {
  const directory = resolve(pathOrName);
  if (!(await kindOf(directory))?.isDirectory()) {
    throw new UserError(`\`${pathOrName}\` is not a folder`, {
      hint: '`--host` takes the root of a mounted system, a chroot, or a snapshot folder',
    });
  }
  return (await kindOf(join(directory, 'snapshot.json')))?.isFile() ? snapshotHost(directory) : rootedHost(directory);
}

/** Undefined where there is nothing, or nothing that we may look at. */
async function kindOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
