import { join } from 'node:path';
import { runCommand } from '../run-command.mjs';

/**
 * Makes the `tensorflow` engine available where this machine allows it: Python with pip and a C++ compiler are there already.
 * Never fails: without it everything runs on `wasm`.
 *
 * @returns {Promise<{ready: boolean, why: string}>} `why` says what it runs on, or in one sentence why it is not there
 */
export async function prepareTensorFlow(root, { log, say, show = 'none', timeoutMs = 1_200_000 }) {
  const before = await tensorFlowStatus(root);
  if (before.available) return { ready: true, why: before.detail };
  const lacking = await lackingForTensorFlow();
  if (lacking.length > 0) return { ready: false, why: `${lacking.join(' and ')} not there` };
  say('engine tensorflow: installing it (TensorFlow for Python, about 250 MB, and its binding)');
  const argv = [process.execPath, join(root, 'dist/cli/main.js'), 'engine', 'install', 'tensorflow', '--yes'];
  const { code, stderr, timedOut, interrupted } = await runCommand(argv, { cwd: root, log, show, timeoutMs });
  if (interrupted) process.exit(130);
  const after = await tensorFlowStatus(root);
  if (after.available) return { ready: true, why: after.detail };
  if (timedOut) return { ready: false, why: `the installation was ended after ${Math.round(timeoutMs / 60_000)} minutes` };
  return { ready: false, why: firstError(stderr) ?? `the installation ended with exit ${code}` };
}

/** What `engine list` says of it; not available where there is no such command or engine. */
export async function tensorFlowStatus(root) {
  const { code, stdout } = await runCommand([process.execPath, join(root, 'dist/cli/main.js'), 'engine', 'list', '--json'], {
    timeoutMs: 60_000,
  });
  if (code !== 0) return { available: false, detail: '`gpu-setup engine list` failed' };
  const { engines } = JSON.parse(stdout);
  return engines.find((engine) => engine.name === 'tensorflow') ?? { available: false, detail: 'this build has no such engine' };
}

/** What the installation needs and this machine lacks: `Python with venv and pip`, `a C++ compiler`. */
export async function lackingForTensorFlow() {
  const [python, compiler] = await Promise.all([
    runCommand(['python3', '-c', 'import venv, ensurepip, sys; sys.exit(sys.version_info < (3, 9))'], { timeoutMs: 30_000 }),
    runCommand(['g++', '--version'], { timeoutMs: 30_000 }),
  ]);
  return [
    ...(python.code === 0 ? [] : ['Python 3.9 or newer with venv and pip']),
    ...(compiler.code === 0 ? [] : ['the C++ compiler `g++`']),
  ];
}

/** The first `error:` line of one of our commands, without the word. */
export function firstError(stderr) {
  return /^error: (.*)$/m.exec(stderr)?.[1];
}
