import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, messageOf, UserError } from '../errors.js';
import type { Host } from '../host/host.js';

/** Who holds a lock: a pid alone may be somebody else's by now. */
interface Holder {
  readonly pid: number;
  /** When it started, in ticks since boot. */
  readonly started: string;
  readonly bootId: string | null;
}

/**
 * Keeps other runs out of `directory`, and answers what lets them in again. A second run is refused with the pid of the first;
 * the lock of a process that is no more is taken over.
 */
export async function lock(host: Host, directory: string, pid: number, bootId: string | null): Promise<() => Promise<void>> {
  const [path, mine] = [join(directory, 'lock'), join(directory, `lock.${pid}`)];
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const self: Holder = { pid, started: (await startOf(host, pid)) ?? '', bootId };
    // A link appears with its content: nobody ever reads half a lock.
    await writeFile(mine, JSON.stringify(self), { mode: 0o600 });
    for (let attempt = 0; !(await linked(mine, path)); attempt++) {
      const text = await readFile(path, 'utf8').catch(() => '');
      const holder = holderIn(text);
      if (attempt > 2 || (holder && (await lives(host, holder, bootId)))) throw refusal(holder?.pid, path);
      await discard(path, text, `${mine}.stale`);
    }
  } catch (error) {
    if (error instanceof UserError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UserError(`Cannot write in \`${directory}\`: ${messageOf(error)}`, {
      hint: '`GPU_SETUP_STATE_DIR` names another folder',
      exitCode: ExitCode.failed,
      cause: error,
    });
  } finally {
    await rm(mine, { force: true }).catch(() => undefined);
  }
  return () => rm(path, { force: true });
}

const refusal = (pid: number | undefined, path: string) =>
  new UserError(`Another run of gpu-setup is at work${pid === undefined ? '' : ` (process ${pid})`}`, {
    hint: `wait for it to end; \`${path}\` is its lock`,
    exitCode: ExitCode.failed,
  });

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a stale lock away; where another run took it over meanwhile, that one keeps it. */
async function discard(path: string, stale: string, aside: string): Promise<void> {
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== stale) await linked(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function holderIn(text: string): Holder | undefined {
  try {
    const { pid, started, bootId } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started, bootId: bootId ?? null } : undefined;
  } catch {
    // Whoever wrote it was cut off by a power failure, and is no more.
    return undefined;
  }
}

const lives = async (host: Host, { pid, started, bootId }: Holder, now: string | null): Promise<boolean> =>
  bootId === now && (await startOf(host, pid)) === started;

/** The 22nd field of /proc/PID/stat, counted behind the name, which may hold anything; undefined of no process. */
async function startOf(host: Host, pid: number): Promise<string | undefined> {
  const stat = await host.read(`/proc/${pid}/stat`);
  const fields = stat.outcome === 'text' ? stat.text.slice(stat.text.lastIndexOf(')') + 2).split(' ') : [];
  // A zombie has ended.
  return fields[0] === 'Z' ? undefined : fields[19];
}
