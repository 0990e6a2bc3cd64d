import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { ExitCode, messageOf, UserError } from '../../../errors.js';
import type { ArchiveRow } from './data-set-table.js';
import { download, HostFailure, type Patience, sizeOf } from './download.js';

export interface FetchArchiveOptions {
  /** Where the archive shall lie; it grows beside it as `.part`. */
  readonly path: string;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** What else can be done where no host gives it, for the hint. */
  readonly otherwise?: string;
  /** Bytes of the archive that are there. */
  onBytes(there: number): void;
  /** That a host failed and why, one line. */
  onFailure(line: string): void;
}

/** How often a host is asked that neither gives up nor gets on. */
const attempts = 3;
/** An attempt that brought so many bytes was worth making, and the count begins anew. */
const progress = 1024 ** 2;

/**
 * Loads an archive, host after host, and checks its size and SHA-256. What was loaded before is gone on with; an archive that lies there whole is
 * checked and taken, wherever it came from. Throws a UserError that names every host's failure (exit code 3, the bytes are kept), and
 * an AbortError where `signal` asked to stop.
 */
export async function fetchArchive(row: ArchiveRow, options: FetchArchiveOptions): Promise<void> {
  const { path, signal } = options;
  const part = `${path}.part`;
  if ((await sizeOf(path)) > 0) {
    if (await isWhole(row, path, signal)) return;
    throw new UserError(`\`${path}\` is not the archive that it should be: size or SHA-256 differ`, {
      hint: 'remove it, and the same command loads it',
    });
  }
  await mkdir(dirname(path), { recursive: true });
  /** Hosts by why they failed. */
  const failures = new Map<string, string[]>();
  for (const host of row.hosts) {
    const failure = await fromHost(row, new URL(row.file, host).href, part, options);
    if (failure === undefined) {
      await rename(part, path);
      await rm(`${part}.json`, { force: true });
      return;
    }
    const name = new URL(host).host;
    failures.set(failure, [...(failures.get(failure) ?? []), name]);
    options.onFailure(`${name}: ${failure}`);
  }
  const why = [...failures].map(([failure, hosts]) => `${hosts.join(', ')}: ${failure}`).join('; ');
  const kept = await sizeOf(part);
  throw new UserError(`Could not load \`${row.file}\`: ${why}`, {
    hint: `${kept > 0 ? `${kept} bytes are kept; ` : ''}with a network the same command goes on; ${options.otherwise ?? '`data fetch --mirror URL` names another host'}; or put the file, loaded elsewhere, at \`${path}\``,
    exitCode: ExitCode.failed,
  });
}

/** Loads and checks from one host, more than once where that may help; answers why it failed, or undefined. */
async function fromHost(
  row: ArchiveRow,
  url: string,
  part: string,
  { patience, signal, onBytes }: FetchArchiveOptions,
): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    const before = await sizeOf(part);
    try {
      await download({ url, bytes: row.bytes, part, patience, signal, onBytes });
      if (await isWhole(row, part, signal)) return undefined;
      // Whoever spoilt it, the bytes are of no use.
      await rm(part);
      // A beginning that another host gave may be to blame.
      if (before === 0 || attempt >= attempts) return 'what it gave has another SHA-256';
      continue;
    } catch (error) {
      if (!(error instanceof HostFailure)) throw asUserError(error, part, signal);
      if ((await sizeOf(part)) - before >= progress) attempt = 0;
      if (!error.passing || attempt >= attempts) return error.message;
    }
    await setTimeout(patience.retryMs * Math.max(attempt, 1), undefined, { signal });
  }
}

async function isWhole({ bytes, sha256 }: ArchiveRow, path: string, signal: AbortSignal): Promise<boolean> {
  if ((await sizeOf(path)) !== bytes) return false;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, { signal });
  // Of some files only the beginning of the checksum is published, in their names.
  return hash.digest('hex').startsWith(sha256);
}

/** What the disk refuses, the user can mend. */
export function asUserError(error: unknown, path: string, signal: AbortSignal): unknown {
  if (signal.aborted || !(error instanceof Error) || !('syscall' in error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new UserError(`Cannot write \`${path}\`: ${full ? 'the disk is full' : messageOf(error)}`, {
    hint: full ? 'free some space, and the same command goes on' : '`--out DIR` names another folder',
    exitCode: full ? ExitCode.failed : ExitCode.usage,
    cause: error,
  });
}
