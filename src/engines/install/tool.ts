import { spawn } from 'node:child_process';
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
  const child = spawn(program, args, { cwd, env: { ...env, LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const stdout: string[] = [];
  const said: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout.push(text);
    said.push(text);
    log.write(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.push(text);
    log.write(text);
  });

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
    let killer: NodeJS.Signals | null = null;
    const code = await new Promise<number | 'absent'>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve('absent') : reject(error)));
      child.once('close', (code, endedBy) => {
        killer = endedBy;
        resolve(code ?? 1);
      });
    });
    signal.throwIfAborted();
    const words = lastWords(killer === null || timedOut ? said.join('') : `${said.join('')}\nfatal: ended by ${killer}`);
    log.write(`# ${timedOut ? `ended after ${timeoutMs / 1000} s` : `exit ${killer ?? code}`}\n`);
    if (timedOut) return { outcome: 'timed-out', afterMs: timeoutMs, words };
    return code === 'absent' ? { outcome: 'absent' } : { outcome: 'exited', code, stdout: stdout.join(''), words };
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
