import { existsSync } from 'node:fs';
import { runCommand } from '../run-command.mjs';
import { aptInstallation } from './apt-packages.mjs';
import { engineStatus, installEngine } from './engine-status.mjs';

/** `This needs an answer`: docs/exit-codes.md. */
const answerNeeded = 6;

/**
 * Makes the `torch` engine available: against a libtorch that is there, a minute of compiling; where none is and `fetch` allows it,
 * after the distribution's package or PyTorch's wheel is installed. Never fails: without it everything runs on another engine.
 *
 * @param {string} root
 * @param {object} options
 * @param {boolean} options.fetch whether a libtorch may be installed
 * @returns {Promise<{ready: boolean, why: string}>} `why` says what it runs on, or in one sentence why it is not there
 */
export async function prepareTorch(root, { fetch, log, say, show = 'none', timeoutMs = 1_200_000 }) {
  const before = await engineStatus(root, 'torch');
  if (before.available) return { ready: true, why: before.detail };
  say('engine torch: against a libtorch of this machine, if there is one');
  // Without one it ends with a question, which is no error here and is not shown as one.
  const found = await installEngine(root, 'torch', { log, timeoutMs });
  if (found.ready || found.code !== answerNeeded) return found;
  if (!fetch) {
    say('engine torch: there is none');
    return { ready: false, why: 'this machine has no libtorch' };
  }
  say('engine torch: installing libtorch first');
  return installEngine(root, 'torch', { args: ['--yes'], log, show, timeoutMs });
}

/** Whether a libtorch with its headers and a compiler seem to be here: then the engine costs a minute and no download. */
export async function libtorchIsHere() {
  const question =
    'import importlib.util as u, os; s = u.find_spec("torch"); print(os.path.isdir(os.path.join(s.submodule_search_locations[0], "include", "ATen")))';
  const [python, compiler] = await Promise.all([
    runCommand(['python3', '-c', question], { timeoutMs: 30_000 }),
    runCommand(['g++', '--version'], { timeoutMs: 30_000 }),
  ]);
  return compiler.code === 0 && (existsSync('/usr/include/torch/csrc/api/include/torch/version.h') || python.stdout.trim() === 'True');
}

/** Whether the distribution's package manager may be used without asking for a password. */
export const aptMayInstall = async () => (await aptInstallation()) !== undefined;
