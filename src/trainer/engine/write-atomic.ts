import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExitCode, messageOf, UserError } from '../../errors.js';

/** Writes a file whole or not at all: a temporary one beside it, fsync, rename. What was there before survives a full disk. */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.partial`;
  let file: FileHandle | undefined;
  try {
    await mkdir(dirname(path), { recursive: true });
    file = await open(temporary, 'w');
    await file.writeFile(content);
    await file.sync();
    await file.close();
    file = undefined;
    await rename(temporary, path);
  } catch (error) {
    await file?.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EACCES' || code === 'EROFS') {
      const why = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : 'it may not be written';
      throw new UserError(`Could not write \`${path}\`: ${why}`, {
        hint: 'what was there before is untouched; free some space or choose another `--work-dir`',
        exitCode: ExitCode.usage,
        cause: error,
      });
    }
    throw new Error(`Could not write ${path}: ${messageOf(error)}`, { cause: error });
  }
}
