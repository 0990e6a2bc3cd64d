import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileStatus, Host, HostPath, NoAnswer } from './host.js';
import { emptySnapshot, type RecordedCommand } from './snapshot-format.js';

/** A host that remembers every answer it passes on. */
export interface RecordingHost extends Host {
  /** Writes what was answered so far into the new or empty folder `directory`, as `snapshotHost` reads it. */
  writeTo(directory: string, madeBy: string): Promise<void>;
}

/** Passes questions on to `host` and remembers the answers. */
export function recordingHost(host: Host): RecordingHost {
  const files = new Map<HostPath, Buffer>();
  const directories: Record<HostPath, readonly string[]> = {};
  const links: Record<HostPath, string> = {};
  const status: Record<HostPath, FileStatus> = {};
  const absent = new Set<HostPath>();
  const notLinks = new Set<HostPath>();
  const unavailable: Record<HostPath, string> = {};
  const commands = new Map<string, RecordedCommand>();

  const noted = <T extends { outcome: string }>(path: HostPath, answer: T | NoAnswer): answer is NoAnswer => {
    if (answer.outcome === 'absent') absent.add(path);
    else if (answer.outcome === 'unavailable') unavailable[path] = (answer as { why: string }).why;
    else return false;
    return true;
  };

  return {
    origin: host.origin,
    async read(path, encoding = 'utf8', lastBytes) {
      // One character per byte keeps the bytes, whatever they are.
      const answer = await host.read(path, 'latin1', lastBytes);
      if (noted(path, answer) || answer.outcome !== 'text') return answer;
      const bytes = Buffer.from(answer.text, 'latin1');
      files.set(path, bytes);
      return { outcome: 'text', text: bytes.toString(encoding) };
    },
    // Far too much to be remembered.
    stream: (path) => host.stream(path),
    async list(path) {
      const answer = await host.list(path);
      if (!noted(path, answer) && answer.outcome === 'entries') directories[path] = answer.names;
      return answer;
    },
    async readLink(path) {
      const answer = await host.readLink(path);
      // No link there does not mean that nothing is there.
      if (answer.outcome === 'absent') notLinks.add(path);
      else if (!noted(path, answer)) links[path] = answer.target;
      return answer;
    },
    async stat(path) {
      const answer = await host.stat(path);
      if (!noted(path, answer) && answer.outcome === 'status') {
        const { outcome: _, ...rest } = answer;
        status[path] = rest;
      }
      return answer;
    },
    async ask(command) {
      const argv = [command.program, ...command.args] as const;
      const started = performance.now();
      const answer = await host.ask(command);
      const ms = answer.outcome === 'timed-out' ? answer.afterMs : Math.round(performance.now() - started);
      const { afterMs: _, ...rest } = { afterMs: 0, ...answer };
      commands.set(argv.join('\0'), { argv, ...rest, ms });
      return answer;
    },
    async writeTo(directory, madeBy) {
      await mkdir(directory, { recursive: true });
      for (const [path, bytes] of files) {
        const file = join(directory, 'root', path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, bytes, { flag: 'wx' });
      }
      const snapshot = {
        ...emptySnapshot,
        madeBy,
        absent: [...absent].sort(),
        notLinks: [...notLinks].sort(),
        unavailable,
        directories,
        links,
        status,
      };
      await writeFile(join(directory, 'commands.json'), `${JSON.stringify([...commands.values()], null, 2)}\n`, { flag: 'wx' });
      await writeFile(join(directory, 'snapshot.json'), `${JSON.stringify(snapshot, null, 2)}\n`, { flag: 'wx' });
    },
  };
}
