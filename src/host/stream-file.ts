import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { NoAnswer, Streamed } from './host.js';
import { noAnswerOf, unavailable } from './no-answer.js';

/** The bytes of a regular file, from its beginning; what is no file is not even opened, as in `readBounded`. */
export async function streamFile(real: string): Promise<Streamed | NoAnswer> {
  try {
    const before = await stat(real);
    if (!before.isFile()) return unavailable(before.isDirectory() ? 'it is a folder' : 'it is no regular file');
    const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const { size } = await file.stat();
    return { outcome: 'bytes', size, chunks: file.createReadStream({ highWaterMark: 1024 * 1024 }) };
  } catch (error) {
    return noAnswerOf(error);
  }
}
