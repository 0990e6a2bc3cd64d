import { runCommand } from '../run-command.mjs';
import { engineStatus, installEngine } from './engine-status.mjs';

/**
 * Makes the `tensorflow` engine available where this machine allows it: Python with pip and a C++ compiler are there already.
 * Never fails: without it everything runs on another engine.
 *
 * @returns {Promise<{ready: boolean, why: string}>} `why` says what it runs on, or in one sentence why it is not there
 */
export async function prepareTensorFlow(root, { log, say, show = 'none', timeoutMs = 1_200_000 }) {
  const before = await engineStatus(root, 'tensorflow');
  if (before.available) return { ready: true, why: before.detail };
  const lacking = await lackingForTensorFlow();
  if (lacking.length > 0) return { ready: false, why: `${lacking.join(' and ')} not there` };
  say('engine tensorflow: installing it (TensorFlow for Python, about 250 MB, and its binding)');
  return installEngine(root, 'tensorflow', { args: ['--yes'], log, show, timeoutMs });
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
