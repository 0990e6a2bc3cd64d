import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, UserError } from '../../errors.js';
import { stageFailed } from './stage.js';
import { runTool, type ToolRan, type Workshop } from './tool.js';

/** Our own environment in an engine's folder, its interpreter, and the file that says it is whole. */
export const venvPython = (folder: string) => join(folder, 'python/bin/python');
const wholeMark = (folder: string) => join(folder, 'python/gpu-setup-whole');

export const venvIsWhole = (folder: string) =>
  stat(wholeMark(folder)).then(
    () => true,
    () => false,
  );

export interface Venv {
  /** The engine's folder; the environment becomes `python` in it. */
  readonly folder: string;
  /** An interpreter with the module `venv`. */
  readonly base: string;
  /** What pip is to install: options and requirements. */
  readonly pip: readonly string[];
  /** Its name in an error: `TensorFlow`. */
  readonly what: string;
  readonly logFile: string;
}

/**
 * Makes a virtual environment and installs into it; answers its interpreter.
 * An environment cannot be moved once made, so a file marks the whole one and an unfinished one is begun anew.
 */
export async function makeVenv({ folder, base, pip, what, logFile }: Venv, workshop: Workshop): Promise<string> {
  const venv = join(folder, 'python');
  await rm(venv, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const made = await runTool({ program: base, args: ['-m', 'venv', venv], timeoutMs: 2 * 60_000 }, workshop);
  if (made.outcome === 'absent') throw new UserError(`There is no \`${base}\``, { exitCode: ExitCode.failed });
  if (made.outcome === 'timed-out' || made.code !== 0) {
    await rm(venv, { recursive: true, force: true });
    throw stageFailed(
      `Making a Python environment with \`${base}\``,
      made,
      'on Debian and Ubuntu `venv` is a package of its own: `apt-get install python3-venv`',
      logFile,
    );
  }
  const python = venvPython(folder);
  const installed = await pipInstall(python, pip, workshop);
  if (installed.outcome !== 'exited' || installed.code !== 0) {
    await rm(venv, { recursive: true, force: true });
    if (installed.outcome === 'absent') throw new UserError(`The new environment has no \`${python}\``, { exitCode: ExitCode.failed });
    throw stageFailed(
      `pip's installation of \`${pip.at(-1)}\``,
      installed,
      `see whether the package index can be reached and has ${what} for this Python, or name one that has it: \`--python PATH\``,
      logFile,
    );
  }
  await writeFile(wholeMark(folder), '');
  return python;
}

/**
 * First with one retry for each request: an index that does not answer would otherwise cost half a minute for each of forty
 * packages although another index has them. If that fails, once more with pip's own patience; what was fetched is in its cache.
 */
export async function pipInstall(python: string, wanted: readonly string[], workshop: Workshop): Promise<ToolRan> {
  const args = (retries: number) => [
    ...['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--progress-bar', 'off', '--prefer-binary'],
    ...['--retries', String(retries), '--timeout', '15', ...wanted],
  ];
  const quick = await runTool({ program: python, args: args(1), timeoutMs: 30 * 60_000 }, workshop);
  if (quick.outcome !== 'exited' || quick.code === 0) return quick;
  return runTool({ program: python, args: args(5), timeoutMs: 15 * 60_000 }, workshop);
}
