import { posix } from 'node:path';
import type { Host, HostPath, MutableHost } from '../../host/host.js';

/** The folders above `path` that are not there yet, deepest first: whoever writes there makes them. */
export async function missingFolders(host: Host, path: HostPath): Promise<readonly HostPath[]> {
  const folder = posix.dirname(path) as HostPath;
  if (folder === '/' || (await host.stat(folder)).outcome !== 'absent') return [];
  return [folder, ...(await missingFolders(host, folder))];
}

/** Takes away those that were made and are empty. */
export async function removeFolders(host: MutableHost, folders: readonly HostPath[]): Promise<void> {
  for (const folder of folders) await host.removeEmptyDirectory(folder);
}
