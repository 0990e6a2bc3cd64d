import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Runs a program without a terminal, in a process group of its own so that a time-out ends its children too.
 *
 * @param {readonly string[]} argv program and arguments; never a shell string
 * @param {object} [options]
 * @param {string} [options.log] a file that gets everything it writes, appended
 * @param {'all' | 'stderr' | 'none'} [options.show] what of it is passed on to the terminal as it comes; `none` unless told
 * @param {number} [options.timeoutMs] ends it (SIGTERM, ten seconds later SIGKILL); ten minutes unless told
 * @param {(line: string) => void} [options.onLine] each line of its stdout
 * @param {string} [options.cwd]
 * @param {Record<string, string | undefined>} [options.env] added to ours; undefined removes
 * @returns {Promise<{code: number, stdout: string, stderr: string, timedOut: boolean, interrupted: boolean, ms: number}>}
 *   `code` is 127 where there is no such program, 128 and the signal's number where a signal ended it
 */
export function runCommand(argv, { log, show = 'none', timeoutMs = 600_000, onLine, cwd, env = {} } = {}) {
  const started = performance.now();
  const environment = Object.fromEntries(Object.entries({ ...process.env, ...env }).filter(([, value]) => value !== undefined));
  const note = (text) => {
    if (log) appendFileSync(log, text);
  };
  if (log) mkdirSync(dirname(log), { recursive: true });
  note(`$ ${argv.join(' ')}\n`);
  return new Promise((resolve) => {
    const child = spawn(argv[0], argv.slice(1), { cwd, env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    let [timedOut, interrupted, rest] = [false, false, ''];
    const end = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch (error) {
        // It ended by itself in between.
        if (error.code !== 'ESRCH') throw error;
      }
    };
    const forward = () => {
      interrupted = true;
      end('SIGINT');
    };
    let killer;
    const timer = setTimeout(() => {
      timedOut = true;
      end('SIGTERM');
      killer = setTimeout(() => end('SIGKILL'), 10_000);
    }, timeoutMs);
    process.on('SIGINT', forward);
    process.on('SIGTERM', forward);
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8');
      child[name].on('data', (text) => {
        output[name] += text;
        note(text);
        if (show === 'all' || show === name) process[name].write(text);
        if (name === 'stdout' && onLine) {
          const lines = (rest + text).split('\n');
          rest = lines.pop();
          for (const line of lines) onLine(line);
        }
      });
    }
    const finish = (code) => {
      clearTimeout(timer);
      clearTimeout(killer);
      process.off('SIGINT', forward);
      process.off('SIGTERM', forward);
      if (rest && onLine) onLine(rest);
      const ms = performance.now() - started;
      note(`# exit ${code}${timedOut ? ', timed out' : ''}, ${(ms / 1000).toFixed(1)} s\n`);
      resolve({ code, ...output, timedOut, interrupted, ms });
    };
    child.on('error', (error) => {
      output.stderr += `${error.message}\n`;
      finish(127);
    });
    child.on('close', (code, signal) => finish(code ?? 128 + (signals[signal] ?? 0)));
  });
}

const signals = { SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGTERM: 15 };
