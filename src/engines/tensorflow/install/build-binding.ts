import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, UserError } from '../../../errors.js';
import { stageFailed } from '../../install/stage.js';
import { runTool, type Workshop } from '../../install/tool.js';
import type { FoundTensorflow } from './ask-python.js';
import { hushFile, hushSource } from './hush.js';
import type { TfjsNodeName } from './packages.js';
import { packageFolder } from './shim.js';

/** The binding's file in the engine's folder. */
export const bindingFile = 'tfjs_binding.node';

export interface Build {
  /** The engine's folder. */
  readonly folder: string;
  readonly name: TfjsNodeName;
  readonly tensorflow: FoundTensorflow;
  readonly compiler: string;
  readonly logFile: string;
}

/** Compiles tfjs-node's binding against a TensorFlow into the engine's folder, and the addon that silences its loading. */
export async function buildBinding(build: Build, workshop: Workshop): Promise<void> {
  const { folder, name, tensorflow } = build;
  const modules = join(folder, packageFolder, 'node_modules');
  const napi = join(modules, 'node-api-headers/include');
  const hush = join(folder, 'hush.cc');
  await writeFile(hush, hushSource);
  await compile(build, hushFile, [hush, '-I', napi], workshop);

  const sourceFolder = join(modules, name, 'binding');
  const sources = (await readdir(sourceFolder)).filter((file) => file.endsWith('.cc')).map((file) => join(sourceFolder, file));
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((file) => join(tensorflow.libraries, file));
  const include = [sourceFolder, join(tensorflow.directory, 'include'), napi].flatMap((directory) => ['-I', directory]);
  await compile(build, bindingFile, [...include, ...sources, ...libraries, `-Wl,-rpath,${tensorflow.libraries}`], workshop);
}

/** One shared object, whole or not at all. */
async function compile(
  { folder, tensorflow, compiler, logFile }: Build,
  file: string,
  args: readonly string[],
  workshop: Workshop,
): Promise<void> {
  const whole = join(folder, file);
  const partial = `${whole}.partial`;
  const common = ['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-o', partial];
  const ran = await runTool({ program: compiler, args: [...common, ...args], timeoutMs: 5 * 60_000 }, workshop);
  if (ran.outcome === 'absent') throw new UserError(`The compiler \`${compiler}\` went away`, { exitCode: ExitCode.failed });
  if (ran.outcome === 'timed-out' || ran.code !== 0) {
    await rm(partial, { force: true });
    throw stageFailed(
      `Compiling \`${file}\` against TensorFlow ${tensorflow.version}`,
      ran,
      'a newer `g++` or another TensorFlow (`--python PATH`) may do',
      logFile,
    );
  }
  await rename(partial, whole);
}
