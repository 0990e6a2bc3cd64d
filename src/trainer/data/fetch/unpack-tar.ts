import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ReadEntry, Unpack } from 'tar';
import { messageOf, UserError } from '../../../errors.js';

/** What a data set is made of; links and devices have no business in it. */
const kinds = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory', 'GNUDumpDir']);

/**
 * Unpacks a tar into `directory`. Every name is looked at before anything of it is written: one that leaves the folder, is absolute, or is a link or
 * a device ends it with a UserError. Files belong to who runs this, whatever the archive says.
 */
export async function unpackTar(path: string, directory: string, signal: AbortSignal): Promise<void> {
  await mkdir(directory, { recursive: true });
  let unsafe: string | undefined;
  const unpack = new Unpack({
    cwd: directory,
    strict: true,
    preserveOwner: false,
    filter: (name, entry) => {
      unsafe ??= whyUnsafe(name, (entry as ReadEntry).type);
      return unsafe === undefined;
    },
  });
  try {
    await pipeline(createReadStream(path), unpack, { signal });
  } catch (error) {
    if (signal.aborted || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new UserError(`\`${path}\` cannot be unpacked: ${unsafe ?? messageOf(error)}`, { cause: error });
  }
  if (unsafe !== undefined) throw new UserError(`\`${path}\` cannot be unpacked: ${unsafe}`);
}

function whyUnsafe(name: string, kind: string): string | undefined {
  if (posix.isAbsolute(name) || posix.normalize(name).split('/').includes('..')) return `\`${name}\` lies outside of it`;
  return kinds.has(kind) ? undefined : `\`${name}\` is no file and no folder (${kind})`;
}
