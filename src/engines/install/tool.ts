import type { WriteStream } from 'node:fs';
import type { Environment } from '../settings.js';

/** A program that an installation runs, bounded in time; never a shell string. */
export interface Tool {
  readonly program: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly cwd?: string;
}

/** What every tool of an installation shares. */
export interface Workshop {
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Gets every command line and all that it says. */
  readonly log: WriteStream;
}

export type ToolRan =
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'exited'; readonly code: number; readonly stdout: string; readonly words: string }
  | { readonly outcome: 'timed-out'; readonly afterMs: number; readonly words: string };

/** How long a killed tool has to end by itself. */
const graceMs = 3000;

/**
 * Runs a tool to its end; its whole process group is ended at the time-out and when the signal comes.
 * `words` are the last lines of stdout and stderr together. Throws the signal's reason when interrupted.
 */
export async function runTool({ program, args, timeoutMs, cwd }: Tool, { env, signal, log }: Workshop): Promise<ToolRan> {
  signal.throwIfAborted();
  log.write(`\n$ ${[program, ...args].join(' ')}\n`);
  const { execa } = await import('execa');
  // It may have come while that was read.
  signal.throwIfAborted();
  const child = execa(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...env, LC_ALL: 'C' },
    extendEnv: false,
    stdin: 'ignore',
    // A group of its own, so that what the tool starts ends with it.
    detached: true,
    all: true,
    reject: false,
    stripFinalNewline: false,
    // Beyond it a tool is ended; pip and g++ stay far below.
    maxBuffer: 256 * 1024 * 1024,
  });
  child.all.setEncoding('utf8').on('data', (text: string) => log.write(text));

  let timedOut = false;
  let kill: NodeJS.Timeout | undefined;
  const end = () => {
    endGroup(child.pid, 'SIGTERM');
    kill = setTimeout(() => endGroup(child.pid, 'SIGKILL'), graceMs);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, timeoutMs);
  signal.addEventListener('abort', end);
  try {
    const { exitCode, signal: killer, code, stdout, all, failed, shortMessage } = await child;
    signal.throwIfAborted();
    if (code === 'ENOENT') return { outcome: 'absent' };
    if (failed && exitCode === undefined && killer === undefined && !timedOut) throw new Error(shortMessage);
    const words = lastWords(killer === undefined || timedOut ? all : `${all}\nfatal: ended by ${killer}`);
    log.write(`# ${timedOut ? `ended after ${timeoutMs / 1000} s` : `exit ${killer ?? exitCode}`}\n`);
    return timedOut ? { outcome: 'timed-out', afterMs: timeoutMs, words } : { outcome: 'exited', code: exitCode ?? 1, stdout, words };
  } finally {
    clearTimeout(timer);
    clearTimeout(kill);
    signal.removeEventListener('abort', end);
  }
}

/** The lines that explain a failure, out of all that a tool said: those that name an error, or else the last ones. */
export function lastWords(said: string): string {
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const errors = lines.filter((line) => /\b(error|fatal)\b/i.test(line) && !/^npm error (A complete log|\s*$)/i.test(line));
  return (errors.length > 0 ? errors : lines).slice(-3).join('; ').slice(0, 600);
}

/** Ends a tool with all that it started; one that has gone already is as good. */
function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
