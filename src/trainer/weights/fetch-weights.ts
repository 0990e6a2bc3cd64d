import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HostFailure, networkFailure, type Patience, sizeOf } from '../../download/download.js';
import { asUserError, fetchFile } from '../../download/fetch-file.js';
import { ExitCode, UserError } from '../../errors.js';
import { fileOf, type KnownWeights } from './known-weights.js';

export interface FetchWeightsOptions {
  readonly weights: KnownWeights;
  /** Where files of weights are kept; made where it is not there. */
  readonly directory: string;
  /** A URL whose folder holds the file, in place of its own host. */
  readonly mirror?: string;
  readonly signal: AbortSignal;
  readonly patience?: Patience;
  onBytes(there: number, bytes: number): void;
  /** That a host failed and why, one line. */
  onFailure(line: string): void;
}

export interface FetchedWeights {
  readonly path: string;
  /** Whether it was there already, whole. */
  readonly wasThere: boolean;
}

const patient: Patience = { connectMs: 15_000, stallMs: 30_000, retryMs: 1000 };

/**
 * Loads a file of weights into `directory` unless it lies there; called again it goes on where it stopped. Its checksum must be right
 * before it has its name. Throws a UserError where the user can do something (exit code 3 where no host gave it), and an AbortError
 * where `signal` asked to stop.
 */
export async function fetchWeights({
  weights,
  directory,
  mirror,
  signal,
  patience = patient,
  onBytes,
  onFailure,
}: FetchWeightsOptions): Promise<FetchedWeights> {
  const file = fileOf(weights);
  const path = join(directory, file);
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw asUserError(error, directory, signal, otherFolder);
  }
  const wasThere = (await sizeOf(path)) > 0;
  const url = mirror === undefined ? weights.url : new URL(file, mirror.endsWith('/') ? mirror : `${mirror}/`).href;
  // A file that lies there is judged by its checksum; its size on the host is asked for only where it has to come.
  const bytes = wasThere ? await sizeOf(path) : (weights.bytes ?? (await sizeOnHost(url, path, { signal, patience })));
  await fetchFile(
    { name: file, urls: [url], bytes, sha256: weights.sha256 },
    { path, patience, signal, words: { otherWays: waysTo(path), otherFolder }, onBytes: (there) => onBytes(there, bytes), onFailure },
  );
  return { path, wasThere };
}

const waysTo = (path: string) => `\`weights fetch --mirror URL\` names another host; or put the file, loaded elsewhere, at \`${path}\``;
const otherFolder = '`--out DIR` names another folder';

/** Bytes of a file as its host says them before it gives any. */
async function sizeOnHost(
  url: string,
  path: string,
  { signal, patience }: { readonly signal: AbortSignal; readonly patience: Patience },
): Promise<number> {
  const late = AbortSignal.timeout(patience.connectMs);
  try {
    const response = await fetch(url, {
      method: 'HEAD',
      headers: { 'accept-encoding': 'identity', 'user-agent': 'gpu-setup' },
      signal: AbortSignal.any([signal, late]),
    });
    const bytes = Number(response.headers.get('content-length'));
    if (response.status === 200 && Number.isSafeInteger(bytes) && bytes > 0) return bytes;
    throw new HostFailure(response.status === 200 ? 'it does not say how large the file is' : `it answers ${response.status}`, {
      passing: false,
    });
  } catch (error) {
    signal.throwIfAborted();
    const why = late.aborted
      ? `no answer within ${patience.connectMs / 1000} s`
      : error instanceof HostFailure
        ? error.message
        : networkFailure(error).message;
    throw new UserError(`Could not load \`${fileOf({ url })}\`: ${new URL(url).host}: ${why}`, {
      hint: `with a network the same command loads it; ${waysTo(path)}`,
      exitCode: ExitCode.failed,
      cause: error,
    });
  }
}
