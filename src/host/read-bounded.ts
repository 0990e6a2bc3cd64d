import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { NoAnswer, Reading } from './host.js';
import { noAnswerOf, unavailable } from './no-answer.js';

/** Nothing that we read whole comes near: a larger one is no file of the kind that was asked for. */
export const maxFileBytes = 64 * 1024 * 1024;

/**
 * A file, whole or its last `lastBytes` bytes. What is no file (a named pipe, a device, a folder) is not even opened: a pipe
 * would hold us until somebody writes, and a device may do anything, a watchdog start to count. One that becomes a pipe
 * between the two looks does not hold us either: O_NONBLOCK keeps the opening itself from waiting.
 */
export async function readBounded(real: string, encoding: 'utf8' | 'latin1', lastBytes?: number): Promise<Reading> {
  let file: FileHandle | undefined;
  try {
    const before = await stat(real);
    if (!before.isFile()) return noFile(before);
    file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const stats = await file.stat();
    if (!stats.isFile()) return noFile(stats);
    if (lastBytes !== undefined && stats.size > lastBytes) {
      return { outcome: 'text', text: (await readFrom(file, stats.size - lastBytes, lastBytes)).toString(encoding) };
    }
    // The size of a file of /proc is 0, whatever is in it.
    if (stats.size > maxFileBytes) return tooLarge;
    const bytes = await readFrom(file, 0, maxFileBytes + 1, stats.size);
    return bytes.length > maxFileBytes ? tooLarge : { outcome: 'text', text: bytes.toString(encoding) };
  } catch (error) {
    return noAnswerOf(error);
  } finally {
    await file?.close();
  }
}

const noFile = (stats: Stats): NoAnswer => unavailable(stats.isDirectory() ? 'it is a folder' : 'it is no regular file');
const tooLarge: NoAnswer = unavailable(`it is larger than ${maxFileBytes / 1024 / 1024} MiB`);

/** Reads until the end or `limit` bytes, in pieces that suit a file of `expected` bytes. */
async function readFrom(file: FileHandle, position: number, limit: number, expected = limit): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  const size = Math.min(Math.max(expected + 1, 4096), 4 * 1024 * 1024);
  while (length < limit) {
    const piece = Buffer.allocUnsafe(Math.min(size, limit - length));
    const { bytesRead } = await file.read(piece, 0, piece.length, position === 0 ? null : position + length);
    if (bytesRead === 0) break;
    pieces.push(piece.subarray(0, bytesRead));
    length += bytesRead;
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, length);
}
