import { type FileHandle, open, stat } from 'node:fs/promises';
import { messageOf } from '../errors.js';
import { type PartNote, readPartNote, validatorOf, writePartNote } from './part-note.js';

/** How long to wait, in milliseconds. */
export interface Patience {
  /** For the connection and the first line of the answer. */
  readonly connectMs: number;
  /** For the next bytes of a download under way. */
  readonly stallMs: number;
  /** Before a host is asked again. */
  readonly retryMs: number;
}

export interface DownloadOptions {
  readonly url: string;
  /** Bytes that the file must have; undefined where nobody knows, and the host is believed. */
  readonly bytes: number | undefined;
  /** Where the bytes go; what lies there from an earlier attempt is gone on with. */
  readonly part: string;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** Permissions of a file that is begun. */
  readonly mode?: number;
  /** How many bytes are there now, and how many it will be as far as that is known. */
  onBytes(there: number, bytes: number | undefined): void;
}

/** That a host did not give the file, in a few words; another host may. */
export class HostFailure extends Error {
  /** Whether asking the same host again may help. */
  readonly passing: boolean;

  constructor(message: string, { passing, cause }: { readonly passing: boolean; readonly cause?: unknown }) {
    super(message, { cause });
    this.name = 'HostFailure';
    this.passing = passing;
  }
}

/**
 * Loads the rest of a file from one host into `part`: asks for what is missing (`Range`), from the start where the host has another
 * version than the one begun (`If-Range`) or knows no ranges. Every byte that arrived is kept. Throws a HostFailure where the host has it not,
 * an AbortError where `signal` asked to stop, and what writing throws.
 */
export async function download({ url, bytes, part, patience, signal, mode = 0o644, onBytes }: DownloadOptions): Promise<void> {
  const there = await sizeOf(part);
  if (there === bytes) return;
  // More than all of it is not the beginning of it.
  const wanted = bytes === undefined || there < bytes ? there : 0;
  const watch = new Watch(signal);
  try {
    watch.expect(patience.connectMs, { late: `no answer within ${patience.connectMs / 1000} s`, passing: false });
    const response = await ask(url, wanted, await readPartNote(part), watch);
    const begun = beginningOf(response, { wanted, bytes });
    if (begun === 'whole') return;
    const validator = validatorOf(response.headers);
    const file = await open(part, begun.from === 0 ? 'w' : 'a', mode);
    try {
      // Whatever the umask.
      await file.chmod(mode);
      if (validator) await writePartNote(part, { url, validator }, mode);
      await receive(response, file, { ...begun, patience, watch, onBytes });
      await file.sync();
    } finally {
      await file.close();
    }
  } finally {
    watch.end();
  }
}

async function ask(url: string, from: number, begun: PartNote | undefined, watch: Watch): Promise<Response> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'gpu-setup' };
  if (from > 0) {
    headers.range = `bytes=${from}-`;
    // Of another host's version nothing is known; the size and the checksum will tell.
    if (begun?.url === url) headers['if-range'] = begun.validator;
  }
  let at = url;
  for (let hops = 0; hops <= mostHops; hops++) {
    let response: Response;
    try {
      response = await fetch(at, { headers, signal: watch.signal, redirect: 'manual' });
    } catch (error) {
      throw watch.why(error);
    }
    const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
    if (location === null) return response;
    await response.body?.cancel();
    at = nextHop(at, location);
  }
  throw new HostFailure(`it sends us on more than ${mostHops} times`, { passing: false });
}

const mostHops = 5;

/** Where a host sends us on to; never from an encrypted connection to one that is not. */
function nextHop(from: string, location: string): string {
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (!to || !/^https?:$/.test(to.protocol)) throw new HostFailure('it sends us on to what is no address on the web', { passing: false });
  if (from.startsWith('https:') && to.protocol !== 'https:')
    throw new HostFailure(`it sends us on to \`${to.origin}\`, where nothing is encrypted`, { passing: false });
  return to.href;
}

interface Begun {
  /** The byte that the answer begins with. */
  readonly from: number;
  /** All bytes of the file, as far as anybody says. */
  readonly bytes: number | undefined;
}

/** From which byte on an answer goes, `whole` where none is missing; throws a HostFailure where it is none that can be used. */
function beginningOf(
  { status, headers }: Response,
  { wanted, bytes }: { readonly wanted: number; readonly bytes: number | undefined },
): Begun | 'whole' {
  if (status === 206) {
    const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
    const all = total === undefined || total === '*' ? undefined : Number(total);
    if (all !== undefined && bytes !== undefined && all !== bytes) throw otherSize(all, bytes);
    if (Number(first) === wanted) return { from: wanted, bytes: bytes ?? all };
    throw new HostFailure('it answers with other bytes than were asked for', { passing: false });
  }
  // Of a file whose size nobody knew, all may be here already.
  if (status === 416 && bytes === undefined && headers.get('content-range') === `bytes */${wanted}`) return 'whole';
  if (status !== 200)
    throw new HostFailure(`it answers ${status}`, { passing: status >= 500 || status === 408 || status === 416 || status === 429 });
  const length = headers.get('content-length');
  if (length !== null && bytes !== undefined && Number(length) !== bytes) throw otherSize(Number(length), bytes);
  return { from: 0, bytes: bytes ?? (length === null ? undefined : Number(length)) };
}

const otherSize = (has: number, wanted: number) =>
  new HostFailure(`its file has ${has} bytes, not ${wanted}, so it is another one`, { passing: false });

async function receive(
  { body }: Response,
  file: FileHandle,
  { from, bytes, patience, watch, onBytes }: Begun & Pick<DownloadOptions, 'patience' | 'onBytes'> & { readonly watch: Watch },
): Promise<void> {
  let there = from;
  const reader = body?.getReader();
  try {
    while (reader) {
      watch.expect(patience.stallMs, { late: `nothing came for ${patience.stallMs / 1000} s`, passing: true });
      const { value, done } = await reader.read().catch((error: unknown) => {
        throw watch.why(error);
      });
      if (done) break;
      watch.rest();
      if (bytes !== undefined && there + value.byteLength > bytes) throw otherSize(there + value.byteLength, bytes);
      // Until all of it is written: a disk that fills up takes a part first.
      for (let written = 0; written < value.byteLength; ) written += (await file.write(value, written)).bytesWritten;
      there += value.byteLength;
      onBytes(there, bytes);
    }
  } finally {
    await reader?.cancel().catch(() => undefined);
  }
  if (bytes !== undefined && there < bytes) throw new HostFailure('it ended early', { passing: true });
}

/** Ends a request when the user asks to stop or when nothing comes for too long, and knows which it was. */
class Watch {
  readonly #outer: AbortSignal;
  readonly #own = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #failure: HostFailure | undefined;
  readonly #stop = () => this.#own.abort(this.#outer.reason);

  constructor(outer: AbortSignal) {
    this.#outer = outer;
    outer.throwIfAborted();
    outer.addEventListener('abort', this.#stop);
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  /** From now on so many milliseconds, or the request ends because of `late`. */
  expect(ms: number, { late, passing }: { readonly late: string; readonly passing: boolean }): void {
    this.rest();
    this.#timer = setTimeout(() => {
      this.#failure = new HostFailure(late, { passing });
      this.#own.abort();
    }, ms);
  }

  rest(): void {
    clearTimeout(this.#timer);
  }

  /** What to throw for an error of the request. */
  why(error: unknown): unknown {
    if (this.#outer.aborted) return this.#outer.reason;
    return this.#failure ?? networkFailure(error);
  }

  end(): void {
    this.rest();
    this.#outer.removeEventListener('abort', this.#stop);
  }
}

const words: Readonly<Record<string, readonly [message: string, passing: boolean]>> = {
  ENOTFOUND: ['its name is not known here', false],
  EAI_AGAIN: ['its name cannot be looked up', false],
  ECONNREFUSED: ['the connection was refused', false],
  ECONNRESET: ['the connection was cut', true],
  UND_ERR_SOCKET: ['the connection was cut', true],
  UND_ERR_CONNECT_TIMEOUT: ['it cannot be reached', false],
  ETIMEDOUT: ['it cannot be reached', false],
  EHOSTUNREACH: ['it cannot be reached', false],
  ENETUNREACH: ['there is no network to it', false],
  CERT_HAS_EXPIRED: ['its certificate has expired', false],
  ERR_TLS_CERT_ALTNAME_INVALID: ['its certificate is for another name', false],
  ...Object.fromEntries(
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    ].map((code) => [
      code,
      ['its certificate is signed by nobody that is trusted here (`NODE_EXTRA_CA_CERTS` names a file with others)', false] as const,
    ]),
  ),
};

/** Why a request failed: `fetch failed` says nothing; what lies under it does. */
export function networkFailure(error: unknown): HostFailure {
  let deepest = error;
  for (let at = error; at instanceof Error; at = at.cause) {
    deepest = at;
    const [message, passing] = words[(at as NodeJS.ErrnoException).code ?? ''] ?? [];
    if (message !== undefined) return new HostFailure(message, { passing: passing === true, cause: error });
  }
  return new HostFailure(messageOf(deepest), { passing: true, cause: error });
}

/** Bytes of a file; 0 where there is none. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
