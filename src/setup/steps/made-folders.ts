import { posix } from 'node:path';
import { UserError } from '../../errors.js';
import type { Host, HostPath, MutableHost } from '../../host/host.js';

/** The folders above `path` that are not there yet, deepest first: whoever writes there makes them. Throws where none can be made. */
export async function missingFolders(host: Host, path: HostPath): Promise<readonly HostPath[]> {
  const folder = posix.dirname(path) as HostPath;
  if (folder === '/') return [];
  const status = await host.stat(folder);
  if (status.outcome === 'status' && status.kind !== 'directory')
    throw new UserError(`Cannot write \`${path}\`: \`${folder}\` is no folder`, { exitCode: 3 });
  return status.outcome === 'absent' ? [folder, ...(await missingFolders(host, folder))] : [];
}

/** Takes away those that were made and are empty. */
export async function removeFolders(host: MutableHost, folders: readonly HostPath[]): Promise<void> {
  for (const folder of folders) await host.removeEmptyDirectory(folder);
}
