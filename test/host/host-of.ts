import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Host, HostPath } from '../../src/host/host.js';
import { emptySnapshot, type RecordedCommand, type SnapshotDocument } from '../../src/host/snapshot-format.js';
import { snapshotHost } from '../../src/host/snapshot-host.js';

export interface Machine extends Partial<SnapshotDocument> {
  readonly files?: Readonly<Record<HostPath, string | Uint8Array>>;
  readonly commands?: readonly RecordedCommand[];
}

/** A machine out of a few literals, written as a snapshot and read back; what is not said is not there. */
export async function hostOf(t: { testdir(): string }, { files = {}, commands = [], ...snapshot }: Machine): Promise<Host> {
  const directory = t.testdir();
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, 'root', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  const document = { ...emptySnapshot, complete: ['/'], programsComplete: true, ...snapshot };
  await writeFile(join(directory, 'snapshot.json'), JSON.stringify(document));
  await writeFile(join(directory, 'commands.json'), JSON.stringify(commands));
  return snapshotHost(directory);
}

/** A program that ended well. */
export const ran = (argv: readonly [string, ...string[]], stdout: string, code = 0, stderr = ''): RecordedCommand => ({
  argv,
  code,
  stdout,
  stderr,
  ms: 1,
});
