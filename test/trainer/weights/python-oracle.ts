import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const works = (program: string, modules: string) =>
  spawnSync(program, ['-c', `import ${modules}`], { stdio: 'ignore', timeout: 60_000 }).status === 0;

/** A Python that has `modules`: the distribution's own where there are several, since its packages are the oracles. */
export function pythonWith(modules: string): string | undefined {
  return ['/usr/bin/python3', 'python3'].find((program) => works(program, modules));
}

/** Runs a script of test/fixtures/oracles. */
export function runOracle(python: string, script: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(python, [resolve('test/fixtures/oracles', script), ...args], {
    encoding: 'utf8',
    timeout: 110_000,
    maxBuffer: 64 * 1024 ** 2,
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr.slice(-2000)}`);
  return stdout;
}

/** Why a test that needs PyTorch is left out. */
export const noTorch = 'no Python with PyTorch (Debian: python3-torch, python3-torchvision)';
