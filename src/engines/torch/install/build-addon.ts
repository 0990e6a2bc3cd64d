import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import { join } from 'node:path';
import { ExitCode, UserError } from '../../../errors.js';
import type { Compiler } from '../../install/find-compiler.js';
import { stageFailed } from '../../install/stage.js';
import { runTool, type Workshop } from '../../install/tool.js';
import { nodeApiHeaders } from './api-headers.js';
import type { Libtorch } from './inspect-libtorch.js';
import { hashOf, type NativeSources } from './native-sources.js';

export interface Build {
  /** Of this libtorch and this Node.js; the addon and its objects go in here. */
  readonly folder: string;
  readonly libtorch: Libtorch;
  readonly sources: NativeSources;
  readonly compiler: Compiler;
  readonly logFile: string;
}

/** The addon's file in a build's folder. */
export const addonFile = 'torch.node';

/** libtorch's headers take a compiler some ten seconds each; a machine that swaps takes far longer. */
const unitTimeoutMs = 10 * 60_000;
/** What one compiler needs at its worst. */
const bytesForUnit = 1.5e9;

/**
 * Compiles every unit that is not there yet, two at a time, and links them. Each file is written under another name and then
 * renamed, so that whatever ends it half-way leaves whole objects, which the next run takes over, and an addon that is old or new.
 */
export async function buildAddon(build: Build, workshop: Workshop): Promise<void> {
  const { folder, libtorch, sources, compiler } = build;
  const objects = join(folder, 'objects');
  await mkdir(objects, { recursive: true });
  const flags = compileFlags(libtorch, compiler);
  const work = sources.units.map((unit) => {
    const key = hashOf([unit.sha256, compiler.version, ...flags]).slice(0, 16);
    return { ...unit, object: join(objects, `${unit.name.replace(/\.cc$/, '')}-${key}.o`) };
  });
  const current = new Set(work.map(({ object }) => object));
  for (const name of await readdir(objects)) if (!current.has(join(objects, name))) await rm(join(objects, name), { force: true });

  const left = work.filter(({ object }) => !existsSync(object));
  const workers = Math.max(1, Math.min(2, availableParallelism(), Math.floor(freemem() / bytesForUnit)));
  const failures: unknown[] = [];
  const compileNext = async (): Promise<void> => {
    const unit = left.shift();
    // After a failure nothing is begun, but what runs may end: its object is kept.
    if (unit === undefined || failures.length > 0) return;
    try {
      await make(build, unit.name, [...flags, '-c', unit.path], unit.object, workshop);
    } catch (error) {
      failures.push(error);
    }
    return compileNext();
  };
  await Promise.all(Array.from({ length: workers }, compileNext));
  if (failures.length > 0) throw failures[0];

  for (const name of await readdir(folder)) if (name.endsWith('.partial')) await rm(join(folder, name), { force: true });
  const args = ['-shared', ...work.map(({ object }) => object), ...linkFlags(libtorch, compiler)];
  await make(build, addonFile, args, join(folder, addonFile), workshop);
}

const isClang = ({ version }: Compiler) => /clang/i.test(version);

function compileFlags({ standard, cxx11Abi, includes }: Libtorch, compiler: Compiler): readonly string[] {
  return [
    ...[`-std=${standard}`, '-O2', '-fPIC', '-fvisibility=hidden', '-DNAPI_VERSION=8', `-D_GLIBCXX_USE_CXX11_ABI=${cxx11Abi ? 1 : 0}`],
    // libtorch's headers run loops in parallel by OpenMP of GCC; clang would bring another runtime beside it.
    ...(isClang(compiler) ? [] : ['-fopenmp']),
    ...includes.flatMap((folder) => ['-isystem', folder]),
    ...['-I', nodeApiHeaders()],
  ];
}

/** An old-style run path is searched before `LD_LIBRARY_PATH`, which may lead to another libtorch. */
function linkFlags({ libraries }: Libtorch, compiler: Compiler): readonly string[] {
  return [
    ...['-L', libraries, `-Wl,-rpath,${libraries}`, '-Wl,--disable-new-dtags', '-Wl,--no-as-needed'],
    // `torch` itself has no code: it is what brings CUDA's kernels in where the build has them.
    ...['-lc10', '-ltorch_cpu', '-ltorch', '-Wl,--as-needed'],
    // A wheel has its own libgomp, which libtorch loads from there; a second one would have threads of its own.
    ...(isClang(compiler) ? [] : [ownGomp(libraries) ?? '-lgomp']),
  ];
}

/** `libgomp.so.1`, or `libgomp-a34b3233.so.1` in older wheels. */
function ownGomp(libraries: string): string | undefined {
  const name = readdirSync(libraries).find((file) => /^libgomp[-\w]*\.so/.test(file));
  // The system's own folder has what `-lgomp` finds.
  return name === undefined || libraries.startsWith('/usr/') ? undefined : join(libraries, name);
}

/** One file, whole or not at all. */
async function make({ libtorch, compiler, logFile }: Build, name: string, args: readonly string[], file: string, workshop: Workshop) {
  const partial = `${file}.${process.pid}.partial`;
  try {
    const ran = await runTool({ program: compiler.program, args: [...args, '-o', partial], timeoutMs: unitTimeoutMs }, workshop);
    if (ran.outcome === 'absent') throw new UserError(`The compiler \`${compiler.program}\` went away`, { exitCode: ExitCode.failed });
    if (ran.outcome === 'timed-out' || ran.code !== 0) {
      throw stageFailed(
        `Building \`${name}\` against libtorch ${libtorch.version}`,
        ran,
        'the same command goes on with what is finished; a newer `g++` or another libtorch (`--python PATH`, `--libtorch DIR`) may do',
        logFile,
      );
    }
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}
