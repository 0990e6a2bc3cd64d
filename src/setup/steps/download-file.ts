import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { posix } from 'node:path';
import { z } from 'zod';
import type { Patience } from '../../download/download.js';
import { fetchFile, partOf } from '../../download/fetch-file.js';
import { noteOf } from '../../download/part-note.js';
import { ExitCode, UserError } from '../../errors.js';
import type { Host, HostPath } from '../../host/host.js';
import type { Doing, Doneness, StepKind } from '../step.js';
import { sha256Text } from '../tables/run-installers.js';
import { hostPath } from './host-path.js';
import { missingFolders, removeFolders } from './made-folders.js';

interface Params {
  /** Where it is to be had, the official place first; over TLS only. */
  readonly urls: readonly string[];
  readonly path: HostPath;
  readonly sha256: string;
}

/** Loads a file into a folder of root's own, where nobody else can put one in its place. What was loaded stays when it is cut off. */
export const downloadFile: StepKind<Params> = {
  kind: 'download-file',
  params: z.strictObject({ urls: z.array(z.url().startsWith('https://')).min(1), path: hostPath, sha256: sha256Text }),
  describe: ({ urls, path, sha256 }) => ({
    summary: `Download ${urls[0]} to ${path}`,
    commands: [],
    files: [],
    risk: 'safe',
    needs: ['root', 'network'],
    undo: { words: `Remove ${path}, unless it was there before`, commands: [] },
    proof: [{ command: { program: 'sha256sum', args: [path] }, expect: `says ${sha256}` }],
  }),
  isDone: ({ path, sha256 }, host) => hasChecksum(host, path, sha256),
  change: {
    async before({ path, sha256 }, host) {
      const there = (await hasChecksum(host, path, sha256)) === 'done';
      return { there, folders: there ? [] : [...(await missingFolders(host, path))] };
    },
    async apply({ urls, path, sha256 }, _, host, doing) {
      if (host.origin !== 'live') throw new UserError('A file is loaded on the machine that runs, and nowhere else', { exitCode: 3 });
      await privateFolder(posix.dirname(path) as HostPath);
      await fetchFile(
        { name: posix.basename(path), urls, sha256 },
        {
          path,
          patience,
          signal: doing?.signal ?? new AbortController().signal,
          mode: 0o600,
          words: {
            otherWays: `or load it elsewhere, and pass it with \`--run FILE\``,
            otherFolder: `make room for \`${posix.dirname(path)}\``,
          },
          onBytes: told(doing),
          onFailure: (line) => doing?.progress(line),
        },
      );
    },
    async undo({ path }, record, host) {
      const { there, folders } = was.parse(record);
      if (there) return undefined;
      // In a folder that was refused as not safe nothing of ours is, and nothing is touched.
      for (const each of [path, partOf(path), noteOf(partOf(path))] as HostPath[])
        if ((await host.stat(each)).outcome !== 'absent') await host.remove(each);
      await removeFolders(host, folders);
      return undefined;
    },
  },
};

const was = z.strictObject({ there: z.boolean(), folders: z.array(hostPath) });
const patience: Patience = { connectMs: 30_000, stallMs: 60_000, retryMs: 2000 };

async function hasChecksum(host: Host, path: HostPath, sha256: string): Promise<Doneness> {
  const streamed = await host.stream(path);
  if (streamed.outcome === 'absent') return 'not-done';
  if (streamed.outcome === 'unavailable') return 'cannot-tell';
  const hash = createHash('sha256');
  for await (const chunk of streamed.chunks) hash.update(chunk);
  return hash.digest('hex') === sha256 ? 'done' : 'not-done';
}

/** A folder that nobody but this user can enter, made where it is not there. Throws where something else has its name. */
async function privateFolder(path: HostPath): Promise<void> {
  await mkdir(posix.dirname(path), { recursive: true, mode: 0o755 });
  try {
    await mkdir(path, { mode: 0o700 });
    // Whatever the umask.
    await chmod(path, 0o700);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST')
      throw new UserError(`Cannot make the folder \`${path}\`: ${(error as Error).message}`, { exitCode: ExitCode.failed });
  }
  const status = await lstat(path);
  const problem = !status.isDirectory()
    ? 'it is no folder'
    : status.uid !== process.getuid?.()
      ? 'it belongs to somebody else'
      : (status.mode & 0o022) !== 0
        ? 'others may write in it'
        : undefined;
  if (problem)
    throw new UserError(`\`${path}\` is not safe to keep an installer in: ${problem}`, { hint: 'remove it', exitCode: ExitCode.failed });
}

/** Says every few seconds how many bytes there are. */
function told(doing: Doing | undefined): (there: number, bytes: number | undefined) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (there, bytes) => {
    const now = performance.now();
    if (now - last < 5000 && there !== bytes) return;
    last = now;
    const megabytes = (count: number) => Math.round(count / 1e6);
    doing?.progress(bytes === undefined ? `${megabytes(there)} MB` : `${Math.floor((100 * there) / bytes)} % of ${megabytes(bytes)} MB`);
  };
}
