import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { ExitCode, messageOf, UserError } from '../errors.js';
import { download, HostFailure, type Patience, sizeOf } from './download.js';
import { noteOf } from './part-note.js';

/** A file that several hosts have, and how to know it. */
export interface WantedFile {
  readonly name: string;
  /** Where it is, the official place first. */
  readonly urls: readonly string[];
  /** Undefined where only the checksum is known. */
  readonly bytes?: number | undefined;
  readonly sha256: string;
}

export interface FetchFileOptions {
  /** Where the file shall lie, in a folder that is there; it grows beside it as `.part`. */
  readonly path: string;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** Permissions of the file; 0o644 unless told. */
  readonly mode?: number;
  readonly words: {
    /** What to do where no host gives it; the same command is said to go on. */
    readonly otherWays: string;
    /** What to do where the folder cannot be written to. */
    readonly otherFolder: string;
  };
  /** Bytes of the file that are there, and of how many where that is known. */
  onBytes(there: number, bytes: number | undefined): void;
  /** That a host failed and why, one line. */
  onFailure(line: string): void;
}

/** How often a host is asked that neither gives up nor gets on. */
const attempts = 3;
/** An attempt that brought so many bytes was worth making, and the count begins anew. */
const progress = 1024 ** 2;

/**
 * Loads a file, host after host, and checks its size and SHA-256. What was loaded before is gone on with; a file that lies there whole is
 * checked and taken, wherever it came from. Throws a UserError that names every host's failure (exit code 3, the bytes are kept), and
 * an AbortError where `signal` asked to stop.
 */
export async function fetchFile(wanted: WantedFile, options: FetchFileOptions): Promise<void> {
  const { path, signal, words } = options;
  const part = partOf(path);
  if ((await sizeOf(path)) > 0) {
    if (await isWhole(wanted, path, signal)) return;
    throw new UserError(`\`${path}\` is not the file that it should be: size or SHA-256 differ`, {
      hint: 'remove it, and the same command loads it',
    });
  }
  /** Hosts by why they failed. */
  const failures = new Map<string, string[]>();
  for (const url of wanted.urls) {
    const failure = await fromHost(wanted, url, part, options);
    if (failure === undefined) {
      await rename(part, path);
      await rm(noteOf(part), { force: true });
      return;
    }
    const name = new URL(url).host;
    failures.set(failure, [...(failures.get(failure) ?? []), name]);
    options.onFailure(`${name}: ${failure}`);
  }
  const why = [...failures].map(([failure, hosts]) => `${hosts.join(', ')}: ${failure}`).join('; ');
  const kept = await sizeOf(part);
  throw new UserError(`Could not load \`${wanted.name}\`: ${why}`, {
    hint: `${kept > 0 ? `${kept} bytes are kept; ` : ''}with a network the same command goes on; ${words.otherWays}`,
    exitCode: ExitCode.failed,
  });
}

/** Where a file grows that shall lie at `path`. */
export const partOf = (path: string) => `${path}.part`;

/** Loads and checks from one host, more than once where that may help; answers why it failed, or undefined. */
async function fromHost(wanted: WantedFile, url: string, part: string, options: FetchFileOptions): Promise<string | undefined> {
  const { patience, signal, mode, words, onBytes } = options;
  for (let attempt = 1; ; attempt++) {
    const before = await sizeOf(part);
    try {
      await download({ url, bytes: wanted.bytes, part, patience, signal, onBytes, ...(mode === undefined ? {} : { mode }) });
      if (await isWhole(wanted, part, signal)) return undefined;
      // Whoever spoilt it, the bytes are of no use.
      await rm(part);
      // A beginning that another host gave may be to blame.
      if (before === 0 || attempt >= attempts) return 'what it gave has another SHA-256';
      continue;
    } catch (error) {
      if (!(error instanceof HostFailure)) throw asUserError(error, part, signal, words.otherFolder);
      if ((await sizeOf(part)) - before >= progress) attempt = 0;
      if (!error.passing || attempt >= attempts) return error.message;
    }
    await setTimeout(patience.retryMs * Math.max(attempt, 1), undefined, { signal });
  }
}

async function isWhole({ bytes, sha256 }: Pick<WantedFile, 'bytes' | 'sha256'>, path: string, signal: AbortSignal): Promise<boolean> {
  if (bytes !== undefined && (await sizeOf(path)) !== bytes) return false;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, { signal });
  // Of some files only the beginning of the checksum is published, in their names.
  return hash.digest('hex').startsWith(sha256);
}

/** What the disk refuses, the user can mend. */
export function asUserError(error: unknown, path: string, signal: AbortSignal, otherFolder: string): unknown {
  if (signal.aborted || !(error instanceof Error) || !('syscall' in error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new UserError(`Cannot write \`${path}\`: ${full ? 'the disk is full' : messageOf(error)}`, {
    hint: full ? 'free some space, and the same command goes on' : otherFolder,
    exitCode: full ? ExitCode.failed : ExitCode.usage,
    cause: error,
  });
}
