import { readdir, readlink, stat } from 'node:fs/promises';
import { bounded, fileTimeoutMs as usualTimeoutMs } from './bounded.js';
import { fileStatusOf } from './file-status.js';
import type { Command, Host, HostPath, NoAnswer, Ran } from './host.js';
import { absent } from './no-answer.js';
import { readBounded } from './read-bounded.js';
import { type Environment, endRunning, inherited, runBounded } from './run-bounded.js';
import { streamFile } from './stream-file.js';

export interface LiveHostOptions {
  /** What programs inherit; `LC_ALL=C` is set over it. */
  readonly environment: Environment;
  /** Ends the programs that run, when somebody does not want to wait for them. */
  readonly signal?: AbortSignal;
  /** Milliseconds until a file that does not answer is given up. */
  readonly fileTimeoutMs?: number;
}

/** The machine that this process runs on. */
export function liveHost({ environment, signal, fileTimeoutMs = usualTimeoutMs }: LiveHostOptions): Host {
  signal?.addEventListener('abort', endRunning, { once: true });
  const look = <T>(asking: Promise<T>) => bounded(asking, fileTimeoutMs);
  return {
    origin: 'live',
    read: (path, encoding = 'utf8', lastBytes) => look(readBounded(path, encoding, lastBytes)),
    stream: (path) => streamFile(path),
    list: (directory) => look(readdir(directory).then((names) => ({ outcome: 'entries', names: names.sort() }) as const)),
    readLink: (path) => look(readLinkAt(path)),
    stat: (path) => look(stat(path).then((stats) => ({ outcome: 'status', ...fileStatusOf(stats) }) as const)),
    ask: async (command) => variableOf(command, environment) ?? runBounded(command, environment, signal),
  };
}

/** `printenv NAME` prints what it inherits, which we know without starting it. */
function variableOf({ program, args }: Command, environment: Environment): Ran | undefined {
  const [name] = args;
  if (program !== 'printenv' || name === undefined || args.length !== 1) return undefined;
  const value = inherited(environment)[name];
  return { outcome: 'exited', code: value === undefined ? 1 : 0, stdout: value === undefined ? '' : `${value}\n`, stderr: '' };
}

async function readLinkAt(path: HostPath): Promise<{ outcome: 'link'; target: string } | NoAnswer> {
  try {
    return { outcome: 'link', target: await readlink(path) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EINVAL') return absent;
    throw error;
  }
}
