import { join } from 'node:path';
import { runCommand } from '../run-command.mjs';

/** What `engine list` says of an engine; not available where there is no such command or engine. */
export async function engineStatus(root, name) {
  const { code, stdout } = await runCommand([process.execPath, join(root, 'dist/cli/main.js'), 'engine', 'list', '--json'], {
    timeoutMs: 180_000,
  });
  if (code !== 0) return { available: false, detail: '`gpu-setup engine list` failed' };
  const { engines } = JSON.parse(stdout);
  return engines.find((engine) => engine.name === name) ?? { available: false, detail: 'this build has no such engine' };
}

/** The first `error:` line of one of our commands, without the word. */
export function firstError(stderr) {
  return /^error: (.*)$/m.exec(stderr)?.[1];
}

/**
 * Runs `engine install` and says what came of it.
 *
 * @returns {Promise<{ready: boolean, why: string, code: number}>} `why` says what it runs on, or in one sentence why it is not there
 */
export async function installEngine(root, name, { args = [], log, show = 'none', timeoutMs }) {
  const argv = [process.execPath, join(root, 'dist/cli/main.js'), 'engine', 'install', name, ...args];
  const { code, stderr, timedOut, interrupted } = await runCommand(argv, { cwd: root, log, show, timeoutMs });
  if (interrupted) process.exit(130);
  const after = await engineStatus(root, name);
  if (after.available) return { ready: true, why: after.detail, code };
  if (timedOut) return { ready: false, why: `the installation was ended after ${Math.round(timeoutMs / 60_000)} minutes`, code };
  return { ready: false, why: firstError(stderr) ?? `the installation ended with exit ${code}`, code };
}
