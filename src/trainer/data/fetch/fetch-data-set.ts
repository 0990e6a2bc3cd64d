import { mkdir, readFile, rename, rm, rmdir, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type Patience, sizeOf } from '../../../download/download.js';
import { asUserError, fetchFile } from '../../../download/fetch-file.js';
import { UserError } from '../../../errors.js';
import { type ArchiveRow, archivesOf, type DataSetRow } from './data-set-table.js';
import { exists, moveInto } from './move-into.js';
import { unpackTar } from './unpack-tar.js';

/** One line's worth of what is going on. */
export type FetchEvent =
  | { readonly kind: 'bytes'; readonly file: string; readonly there: number; readonly bytes: number }
  | { readonly kind: 'failure'; readonly file: string; readonly line: string }
  | { readonly kind: 'unpacking' | 'unpacked'; readonly file: string };

export interface FetchOptions {
  readonly dataSet: DataSetRow;
  /** A split of it, or `all`. */
  readonly split: string;
  /** The folder to make it in; archives lie in `downloads` below it until they are unpacked. */
  readonly directory: string;
  /** A URL whose folder holds the archives, in place of the known hosts. */
  readonly mirror?: string;
  readonly signal: AbortSignal;
  readonly patience?: Patience;
  onEvent(event: FetchEvent): void;
}

export interface Fetched {
  /** The folder to train on. */
  readonly directory: string;
  /** Archives unpacked by this call; none where all was there. */
  readonly unpacked: readonly string[];
}

const patient: Patience = { connectMs: 15_000, stallMs: 30_000, retryMs: 1000 };
const otherFolder = '`--out DIR` names another folder';
/** Marks a folder as fetched here, with the archives that are in it. */
const marker = 'gpu-setup-fetched.json';
const markSchema = z.strictObject({ name: z.string(), archives: z.array(z.string()) });

/**
 * Loads, checks, unpacks and moves into place what is not there yet, archive by archive; called again it goes on where it stopped. Throws a
 * UserError where the user can do something, and an AbortError where `signal` asked to stop; either way what was loaded is kept and nothing
 * half-unpacked is left.
 */
export async function fetchDataSet(options: FetchOptions): Promise<Fetched> {
  const { dataSet, directory, signal } = options;
  const wanted = archivesOf(dataSet, options.split);
  const target = join(directory, dataSet.folder);
  const before = await unpackedIn(target, dataSet);
  const missing = wanted.filter(({ file }) => !before.includes(file));
  if (missing.length === 0) return { directory: target, unpacked: [] };
  const downloads = join(directory, 'downloads');
  try {
    await mkdir(downloads, { recursive: true });
    await checkSpace(missing, downloads);
  } catch (error) {
    throw asUserError(error, directory, signal, otherFolder);
  }
  try {
    const there = [...before];
    for (const row of missing) {
      await fetchOne({ ...row, ...(options.mirror === undefined ? {} : { hosts: [folderUrl(options.mirror)] }) }, downloads, options);
      there.push(row.file);
      await unpackOne(row, downloads, there, options);
    }
  } finally {
    // Where something lies in it, by us or by the user, it stays.
    await rmdir(downloads).catch(() => undefined);
  }
  return { directory: target, unpacked: missing.map(({ file }) => file) };
}

async function fetchOne(row: ArchiveRow, downloads: string, { signal, patience = patient, onEvent }: FetchOptions): Promise<void> {
  const { file, bytes, sha256, hosts } = row;
  const path = join(downloads, file);
  const wanted = { name: file, urls: hosts.map((host) => new URL(file, host).href), bytes, sha256 };
  await fetchFile(wanted, {
    path,
    patience,
    signal,
    words: { otherWays: `\`data fetch --mirror URL\` names another host; or put the file, loaded elsewhere, at \`${path}\``, otherFolder },
    onBytes: (there) => onEvent({ kind: 'bytes', file, there, bytes }),
    onFailure: (line) => onEvent({ kind: 'failure', file, line }),
  });
}

/** Unpacks beside the target, then moves; the marker goes with it. */
async function unpackOne(
  { file }: ArchiveRow,
  downloads: string,
  there: readonly string[],
  { dataSet, directory, signal, onEvent }: FetchOptions,
): Promise<void> {
  const staging = join(downloads, `${file}.unpacking`);
  const unpacked = join(staging, dataSet.folder);
  try {
    await rm(staging, { recursive: true, force: true });
    onEvent({ kind: 'unpacking', file });
    await unpackTar(join(downloads, file), staging, signal);
    if (!(await exists(unpacked))) throw new UserError(`\`${file}\` holds no \`${dataSet.folder}\``);
    const mark = `${JSON.stringify({ name: dataSet.name, archives: there }, null, 2)}\n`;
    const target = join(directory, dataSet.folder);
    if (await exists(target)) {
      await moveInto(unpacked, target, dataSet.last);
      // After everything that it speaks of.
      await writeFile(join(staging, marker), mark);
      await rename(join(staging, marker), join(target, marker));
    } else {
      await writeFile(join(unpacked, marker), mark);
      await moveInto(unpacked, target, dataSet.last);
    }
    await rm(join(downloads, file));
    onEvent({ kind: 'unpacked', file });
  } catch (error) {
    throw asUserError(error, directory, signal, otherFolder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** The archives that lie unpacked in `target`; throws a UserError where something lies there that was not fetched here. */
async function unpackedIn(target: string, { name }: DataSetRow): Promise<readonly string[]> {
  if (!(await exists(target))) return [];
  try {
    return markSchema.parse(JSON.parse(await readFile(join(target, marker), 'utf8'))).archives;
  } catch (cause) {
    throw new UserError(`\`${target}\` is there, and was not made by \`data fetch ${name}\``, {
      hint: `train on it with \`--data ${target}\`, or fetch into another folder with \`--out\``,
      cause,
    });
  }
}

/** Archives and what is in them lie side by side for a while: pictures are hardly smaller packed. */
async function checkSpace(missing: readonly ArchiveRow[], downloads: string): Promise<void> {
  let unpacked = 0;
  let most = 0;
  for (const { file, bytes } of missing) {
    const loaded = Math.max(await sizeOf(join(downloads, file)), await sizeOf(join(downloads, `${file}.part`)));
    most = Math.max(most, unpacked + 2 * bytes - Math.min(loaded, bytes));
    unpacked += bytes;
  }
  const { bavail, bsize } = await statfs(downloads);
  const free = bavail * bsize;
  if (free >= most) return;
  throw new UserError(`Not enough space in \`${dirname(downloads)}\`: ${megabytes(most)} are needed, ${megabytes(free)} are free`, {
    hint: '`--out DIR` names a folder on another disk',
  });
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;

const folderUrl = (url: string) => (url.endsWith('/') ? url : `${url}/`);
