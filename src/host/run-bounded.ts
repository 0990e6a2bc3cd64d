import { execa } from 'execa';
import type { Command, Ran } from './host.js';
import { absent, unavailable } from './no-answer.js';

const defaultTimeoutMs = 10_000;
/** How long a killed program may take to be gone; one that waits in the kernel for a wedged driver never is. */
const graceMs = 1_000;
/** nvidia-smi -q on a large host prints half a megabyte, a kernel's log a few; beyond this it is no answer, and several at once are too many. */
const maxBuffer = 8 * 1024 * 1024;

/** Administrators' programs are looked for too, whatever the path of the user: Debian's leaves out /usr/sbin. */
const systemDirectories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Runs a program in a process group of its own and waits `timeoutMs` at most: then the group is killed, and one that
 * will not die (stuck in the kernel) is left behind, so that a hung program costs one time-out.
 */
export async function runBounded(
  { program, args, timeoutMs = defaultTimeoutMs }: Command,
  environment: Environment,
  signal?: AbortSignal,
): Promise<Ran> {
  if (signal?.aborted) return interrupted;
  const subprocess = execa(program, args, {
    reject: false,
    stdin: 'ignore',
    detached: true,
    stripFinalNewline: false,
    maxBuffer,
    extendEnv: false,
    env: inherited(environment),
    cwd: '/',
  });
  const { pid } = subprocess;
  let overdue = false;
  let timer: NodeJS.Timeout | undefined;
  const givenUp = new Promise<'given up'>((resolve) => {
    timer = setTimeout(() => {
      overdue = true;
      if (pid !== undefined) killGroup(pid);
      timer = setTimeout(() => {
        subprocess.unref();
        subprocess.stdout.destroy();
        subprocess.stderr.destroy();
        resolve('given up');
      }, graceMs);
    }, timeoutMs);
  });
  if (pid !== undefined) running.add(pid);
  try {
    const result = await Promise.race([subprocess, givenUp]);
    if (overdue || result === 'given up') return { outcome: 'timed-out', afterMs: timeoutMs };
    if (signal?.aborted) return interrupted;
    if (result.exitCode !== undefined) return { outcome: 'exited', code: result.exitCode, stdout: result.stdout, stderr: result.stderr };
    if (result.signal) return unavailable(`\`${program}\` was ended by ${result.signal}`);
    if (result.code === 'ENOENT') return absent;
    if (result.code === 'EACCES') return unavailable(`\`${program}\` may not be run`);
    if (result.isMaxBuffer) return unavailable(`\`${program}\` printed more than ${maxBuffer / 1024 / 1024} MiB`);
    return unavailable(result.shortMessage ?? `\`${program}\` could not be run`);
  } finally {
    clearTimeout(timer);
    if (pid !== undefined) running.delete(pid);
  }
}

/** What a program gets to see of the environment. */
export const inherited = (environment: Environment): Environment => ({ ...environment, PATH: pathOf(environment), LC_ALL: 'C' });

function pathOf(environment: Environment): string {
  const asked = (environment.PATH ?? '').split(':').filter((directory) => directory.startsWith('/'));
  return [...new Set([...asked, ...systemDirectories])].join(':');
}

const interrupted = unavailable('interrupted');

const running = new Set<number>();
// Groups of their own do not get the terminal's Ctrl-C: whatever still runs when we end is ended with us.
process.on('exit', endRunning);

/** Ends every program that still runs. */
export function endRunning(): void {
  running.forEach(killGroup);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
