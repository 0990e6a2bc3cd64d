import { once } from 'node:events';
import { createReadStream, fstatSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import { ExitCode, messageOf, UserError } from '../errors.js';
import { readPatiently } from './read-patiently.js';

/** Big reads keep a scan busy with the text and not with the reading. */
const chunkBytes = 1 << 20;

export interface OpenLog {
  readonly chunks: AsyncIterable<Buffer>;
  /** Reading may wait for others for ever, and takes no notice of the signal. */
  readonly mayWait: boolean;
}

/** Opens `file`, or stdin for `-`; what cannot be read is the user's to mend and throws a `UserError`. */
export async function openLog(
  file: string,
  { cwd, stdin, signal }: { cwd: string; stdin: AsyncIterable<Buffer>; signal: AbortSignal },
): Promise<OpenLog> {
  if (file === '-') {
    // Node reads a folder as if it were empty.
    if (fstatSync(0).isDirectory()) throw new UserError('stdin is a folder, not a log', { hint: 'name a file in it' });
    return { chunks: unpacked(stdin, 'stdin'), mayWait: true };
  }
  const path = resolve(cwd, file);
  const found: Stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw complaint(file, error);
  });
  if (found.isDirectory()) {
    throw new UserError(`\`${file}\` is a folder, not a log`, { hint: `name a file in it, as \`${file.replace(/\/*$/, '')}/make.log\`` });
  }
  if (found.isSocket()) throw new UserError(`\`${file}\` is a socket, not a log`, { hint: 'name a file, or `-` for stdin' });
  // `<(command)` is a pipe too, but one whose writer is there already.
  const pipe = found.isFIFO() && !/^\/(?:dev|proc\/self)\/(?:fd\/|std)/.test(path);
  const stream =
    pipe || found.isCharacterDevice()
      ? readPatiently(path, signal, { endsEmpty: !pipe })
      : createReadStream(path, { highWaterMark: chunkBytes, signal });
  return { chunks: unpacked(stream, file), mayWait: false };
}

function complaint(file: string, error: NodeJS.ErrnoException): UserError {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
    return new UserError(`There is no file \`${file}\``, { hint: 'name a log, or `-` for stdin', cause: error });
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return new UserError(`\`${file}\` may not be read`, { hint: 'run it with `sudo`', exitCode: ExitCode.rootNeeded, cause: error });
  return new UserError(`\`${file}\` cannot be read: ${messageOf(error)}`, { cause: error });
}

/** The text of a log that may be packed with gzip, as rotated ones and nvidia-bug-report are. */
async function* unpacked(stream: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const chunks = stream[Symbol.asyncIterator]();
  try {
    let start = Buffer.alloc(0);
    while (start.length < 2) {
      const { value, done } = await chunks.next();
      if (done) break;
      start = Buffer.concat([start, value]);
    }
    const rest = { [Symbol.asyncIterator]: () => chunks };
    if (start[0] !== 0x1f || start[1] !== 0x8b) {
      if (start.length > 0) yield start;
      yield* rest;
      return;
    }
    const gunzip = createGunzip({ chunkSize: chunkBytes });
    const writing = (async () => {
      if (!gunzip.write(start)) await once(gunzip, 'drain');
      for await (const chunk of rest) if (!gunzip.write(chunk)) await once(gunzip, 'drain');
      gunzip.end();
    })();
    writing.catch((error: Error) => gunzip.destroy(error));
    yield* gunzip;
    await writing;
  } catch (error) {
    throw complaint(name, error as NodeJS.ErrnoException);
  }
}
