import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, UserError } from '../../../errors.js';
import { bytesOf, type StoredTensor } from '../stored-tensor.js';
import { encodeHeader } from './encode.js';

/**
 * Writes tensors of any kind, one at a time, whole or not at all: a temporary file beside it, fsync, rename. Answers the bytes written. Throws a UserError where the disk or
 * the folder refuses, and what reading a tensor throws, and then leaves nothing behind.
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<StoredTensor>,
  metadata: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<number> {
  const { head, order } = encodeHeader(tensors, metadata);
  // A name that nobody can have guessed: somebody else's link may wait under another.
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  let file: FileHandle | undefined;
  let written = 0;
  try {
    file = await open(temporary, 'wx', 0o644);
    const write = async (bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length; ) at += (await file!.write(bytes, at)).bytesWritten;
      written += bytes.length;
    };
    await write(head);
    for (const tensor of order) {
      signal?.throwIfAborted();
      const bytes = tensor.bytes();
      if (bytes.length !== bytesOf(tensor)) throw new RangeError(`${tensor.name} gave ${bytes.length} bytes`);
      await write(bytes);
    }
    await file.sync();
    await file.close();
    file = undefined;
    await rename(temporary, path);
    return written;
  } catch (error) {
    await file?.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asUserError(error, path);
  }
}

function asUserError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such folder',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the quota is used up',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
    EROFS: 'the file system is read-only',
  };
  return new UserError(`Cannot write \`${path}\`: ${known[code ?? ''] ?? messageOf(error)}`, { hint: 'name another place', cause: error });
}
