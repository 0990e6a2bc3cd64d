import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, UserError } from '../../../errors.js';
import type { FoundTensorflow } from './ask-python.js';
import type { TfjsNodeName } from './packages.js';
import { packageFolder } from './shim.js';
import { stageFailed } from './stage.js';
import { runTool, type Workshop } from './tool.js';

/** The binding's file in the engine's folder. */
export const bindingFile = 'tfjs_binding.node';

/** The first C++ compiler that answers, and how it calls itself. */
export async function findCompiler(workshop: Workshop): Promise<{ readonly program: string; readonly version: string }> {
  const asked = workshop.env.CXX;
  for (const program of asked ? [asked] : ['g++', 'c++', 'clang++']) {
    const ran = await runTool({ program, args: ['--version'], timeoutMs: 10_000 }, workshop);
    if (ran.outcome === 'exited' && ran.code === 0) return { program, version: ran.stdout.split('\n')[0] ?? program };
  }
  throw new UserError(asked ? `The C++ compiler \`${asked}\` of \`CXX\` does not run` : 'No C++ compiler is in PATH', {
    hint: 'install the package `g++` (Debian, Ubuntu: `apt-get install g++`) or `gcc-c++` (Fedora, RHEL: `dnf install gcc-c++`) and run the command again',
    exitCode: ExitCode.failed,
  });
}

/** Compiles tfjs-node's binding against a TensorFlow into `folder`; its library's folder becomes the run path. */
export async function buildBinding(
  folder: string,
  name: TfjsNodeName,
  { directory, libraries, version }: FoundTensorflow,
  compiler: string,
  workshop: Workshop,
  logFile: string,
): Promise<void> {
  const modules = join(folder, packageFolder, 'node_modules');
  const sourceFolder = join(modules, name, 'binding');
  const sources = (await readdir(sourceFolder)).filter((file) => file.endsWith('.cc')).map((file) => join(sourceFolder, file));
  const whole = join(folder, bindingFile);
  const partial = `${whole}.partial`;
  const args = [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8'],
    ...['-I', sourceFolder, '-I', join(directory, 'include'), '-I', join(modules, 'node-api-headers/include')],
    ...sources,
    ...[
      '-o',
      partial,
      join(libraries, 'libtensorflow_cc.so.2'),
      join(libraries, 'libtensorflow_framework.so.2'),
      `-Wl,-rpath,${libraries}`,
    ],
  ];
  const ran = await runTool({ program: compiler, args, timeoutMs: 5 * 60_000 }, workshop);
  if (ran.outcome === 'absent') throw new UserError(`The compiler \`${compiler}\` went away`, { exitCode: ExitCode.failed });
  if (ran.outcome === 'timed-out' || ran.code !== 0) {
    await rm(partial, { force: true });
    throw stageFailed(
      `Compiling the binding against TensorFlow ${version}`,
      ran,
      'a newer `g++` or another TensorFlow (`--python PATH`) may do',
      logFile,
    );
  }
  await rename(partial, whole);
}
