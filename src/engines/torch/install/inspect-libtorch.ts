import { existsSync } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cxxStandard, hasCxx11Abi, isNewEnough, oldestLibtorch, readVersionHeader, readVersionPy } from './libtorch-texts.js';

/** A libtorch that an addon can be built against. */
export interface Libtorch {
  readonly version: string;
  /** `include/` is in here. */
  readonly root: string;
  /** For the compiler, in this order. */
  readonly includes: readonly string[];
  /** The folder of `libc10.so`, `libtorch_cpu.so` and `libtorch.so`, links resolved. */
  readonly libraries: string;
  readonly library: { readonly path: string; readonly bytes: number; readonly mtimeMs: number };
  readonly cxx11Abi: boolean;
  readonly standard: 'c++17' | 'c++20' | 'c++23';
  readonly cuda: boolean;
  readonly python?: string;
}
export type Inspection = { readonly found: Libtorch } | { readonly found: undefined; readonly why: string };

const needed = ['libc10.so', 'libtorch_cpu.so', 'libtorch.so'];

/**
 * Looks at a folder without loading anything of it: a wheel's `torch`, an unpacked LibTorch archive (or the folder around it), or a
 * prefix such as `/usr`. `why` completes the sentence "`root` cannot be used: ...".
 */
export async function inspectLibtorch(given: string, python?: string): Promise<Inspection> {
  const root = existsSync(join(given, 'include')) || !existsSync(join(given, 'libtorch')) ? given : join(given, 'libtorch');
  const libraries = await libraryFolder(root);
  if (libraries === undefined) return missing(`there is no ${needed.map((name) => `\`${name}\``).join(', ')} in its \`lib\``);
  const path = await realpath(join(libraries, 'libtorch_cpu.so'));
  const api = join(root, 'include/torch/csrc/api/include');
  const version = await versionOf(root, api);
  if (version === undefined || !existsSync(join(root, 'include/ATen/core/dispatch/Dispatcher.h'))) {
    const debian = path.startsWith('/usr/lib/') ? '; the package `libtorch-dev` has them' : '';
    return missing(`it comes without libtorch's C++ headers${debian}`);
  }
  if (!isNewEnough(version))
    return missing(`libtorch ${version} is too old, ${oldestLibtorch} is the oldest that has what the engine calls`);
  const { size, mtimeMs } = await stat(path);
  const resolved = dirname(path);
  const whole = needed.every((name) => existsSync(join(resolved, name))) ? resolved : libraries;
  return {
    found: {
      version,
      root,
      // The system's own folder is searched anyway, and named would break the compiler's `#include_next`.
      includes: [...(root === '/usr' ? [] : [join(root, 'include')]), api],
      libraries: whole,
      library: { path, bytes: size, mtimeMs },
      cxx11Abi: hasCxx11Abi(await readFile(join(whole, 'libc10.so'), 'latin1')),
      standard: cxxStandard(await readText(join(root, 'include/ATen/ATen.h'))),
      cuda: existsSync(join(whole, 'libtorch_cuda.so')),
      ...(python === undefined ? {} : { python }),
    },
  };
}

const missing = (why: string) => ({ found: undefined, why });

/** `lib`, `lib64`, or a folder of `lib` as Debian has one for each architecture (`lib/x86_64-linux-gnu`). */
async function libraryFolder(root: string): Promise<string | undefined> {
  const below = await readdir(join(root, 'lib')).catch(() => []);
  const architectures = below.filter((name) => name.includes('-linux-')).map((name) => join(root, 'lib', name));
  return [join(root, 'lib'), join(root, 'lib64'), ...architectures].find((folder) =>
    needed.every((name) => existsSync(join(folder, name))),
  );
}

/** That of the headers, with the variant that a wheel or an archive adds: `2.13.0+cpu`. Undefined where the headers are missing. */
async function versionOf(root: string, api: string): Promise<string | undefined> {
  const headers = [join(api, 'torch/version.h'), join(root, 'include/torch/headeronly/version.h')];
  const texts = await Promise.all(headers.map(readText));
  const version = texts.map(readVersionHeader).find((each) => each !== undefined);
  if (version === undefined) return undefined;
  const named = readVersionPy(await readText(join(root, 'version.py')))?.version ?? (await readText(join(root, 'build-version'))).trim();
  return version + (/\+[\w.]+$/.exec(named)?.[0] ?? '');
}

/** Empty where there is none. */
const readText = (path: string) => readFile(path, 'utf8').catch(() => '');
