import { spawn } from 'node:child_process';
import type { Command, Ran } from './host.js';
import { absent, unavailable } from './no-answer.js';
import { type Environment, inherited } from './run-bounded.js';

const defaultTimeoutMs = 5 * 60_000;
/** What a package manager may take to leave things in order when it is asked to end. */
const graceMs = 10_000;

/**
 * Runs a program that changes something, with both streams in the file `output`. It is not ended with us: a package manager
 * that is killed leaves half a package behind, and one whose output goes to a file can end its work when we are gone.
 */
export function runRecorded(
  { program, args, timeoutMs = defaultTimeoutMs, asks = false }: Command,
  environment: Environment,
  output: number,
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: asks ? 'inherit' : ['ignore', output, output],
      // A program that asks has to stay in the terminal's own group.
      detached: !asks,
      env: inherited(environment),
      cwd: '/',
    });
    let overdue = false;
    const end = (signal: NodeJS.Signals) => child.pid !== undefined && endGroup(asks ? child.pid : -child.pid, signal);
    let timer = setTimeout(() => {
      overdue = true;
      end('SIGTERM');
      timer = setTimeout(() => end('SIGKILL'), graceMs);
    }, timeoutMs);
    const ended = (ran: Ran) => {
      clearTimeout(timer);
      resolve(ran);
    };
    child.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      ended(code === 'ENOENT' ? absent : unavailable(code === 'EACCES' ? `\`${program}\` may not be run` : message)),
    );
    // Not `close`: a daemon that the program leaves behind may keep the streams open for good.
    child.on('exit', (code, signal) => {
      if (overdue) ended({ outcome: 'timed-out', afterMs: timeoutMs });
      else if (code === null) ended(unavailable(`\`${program}\` was ended by ${signal}`));
      else ended({ outcome: 'exited', code, stdout: '', stderr: '' });
    });
  });
}

function endGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
