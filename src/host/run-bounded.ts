import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { messageOf } from '../errors.js';
import type { Command, Ran } from './host.js';
import { absent, unavailable } from './no-answer.js';

const defaultTimeoutMs = 10_000;
/** How long a killed program may take to be gone; one that waits in the kernel for a wedged driver never is. */
const graceMs = 1_000;
/** nvidia-smi -q on a large host prints half a megabyte, a kernel's log a few; beyond this it is no answer, and several at once are too many. */
const maxBytes = 8 * 1024 * 1024;

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
  let child: ChildProcessByStdio<null, Readable, Readable>;
  try {
    child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: inherited(environment), cwd: '/' });
  } catch (error) {
    // An argument with a zero byte, or more of them than the kernel takes.
    return unavailable(messageOf(error));
  }
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Ran>((resolve) => {
      let overdue = false;
      const end = (answer: Ran) => {
        // A program that stays, or that left its streams to another one, does not keep us.
        child.unref();
        child.stdout.destroy();
        child.stderr.destroy();
        resolve(answer);
      };
      timer = setTimeout(() => {
        overdue = true;
        if (pid !== undefined) killGroup(pid);
        timer = setTimeout(() => end({ outcome: 'timed-out', afterMs: timeoutMs }), graceMs);
      }, timeoutMs);
      const tooMuch = () => {
        if (pid !== undefined) killGroup(pid);
        end(unavailable(`\`${program}\` printed more than ${maxBytes / 1024 / 1024} MiB`));
      };
      const [stdout, stderr] = [kept(child.stdout, tooMuch), kept(child.stderr, tooMuch)];
      child.once('error', ({ code, message }: NodeJS.ErrnoException) =>
        end(code === 'ENOENT' ? absent : unavailable(code === 'EACCES' ? `\`${program}\` may not be run` : message)),
      );
      child.once('close', (code, killedBy) => {
        if (overdue) end({ outcome: 'timed-out', afterMs: timeoutMs });
        else if (signal?.aborted) end(interrupted);
        else if (code === null) end(unavailable(`\`${program}\` was ended by ${killedBy}`));
        else end({ outcome: 'exited', code, stdout: stdout(), stderr: stderr() });
      });
    });
  } finally {
    clearTimeout(timer);
    if (pid !== undefined) running.delete(pid);
  }
}

/** Keeps what `stream` brings, as text when it is asked for; `tooMuch` is called where that is no answer any more. */
function kept(stream: Readable, tooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else tooMuch();
  });
  // The streams of a program that could not be started, or that was given up.
  stream.on('error', () => undefined);
  return () => Buffer.concat(chunks).toString('utf8');
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
