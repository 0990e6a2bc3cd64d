import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

const longestPauseMs = 50;

/**
 * Reads a named pipe from its first writer to its last one, or a device until it ends. It asks again and again, since a read that waits
 * inside the kernel could not be interrupted, and would keep the process from ending. `endsEmpty`: nothing to read is the end at once,
 * as of a device; of a pipe only after somebody wrote.
 */
export async function* readPatiently(
  path: string,
  signal: AbortSignal,
  { endsEmpty }: { readonly endsEmpty: boolean },
): AsyncGenerator<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    // Without a writer a pipe looks ended: before there was one that says nothing.
    let begun = endsEmpty;
    for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      signal.throwIfAborted();
      const chunk = Buffer.allocUnsafe(1 << 16);
      const read = await file.read(chunk, 0, chunk.length, null).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EAGAIN') return undefined;
        throw error;
      });
      if (read && read.bytesRead > 0) {
        yield chunk.subarray(0, read.bytesRead);
        pauseMs = 0.5;
      } else if (read && begun) return;
      else await setTimeout(pauseMs, undefined, { signal });
      begun ||= read === undefined || read.bytesRead > 0;
    }
  } finally {
    await file.close();
  }
}
