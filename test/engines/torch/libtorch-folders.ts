import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

const versionHeader = (version: string) =>
  version
    .split('.')
    .map((part, i) => `#define TORCH_VERSION_${['MAJOR', 'MINOR', 'PATCH'][i]} ${part}\n`)
    .join('');

const headers = (version: string, folder = 'include') => ({
  [`${folder}/ATen/ATen.h`]: '#if !defined(_MSC_VER) && __cplusplus < 201703L\n',
  [`${folder}/ATen/core/dispatch/Dispatcher.h`]: '#pragma once\n',
  [`${folder}/torch/csrc/api/include/torch/version.h`]: versionHeader(version),
});

const newAbi = '\x7fELF_ZN3c105ErrorC2ENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE\0';
const oldAbi = '\x7fELF_ZN3c105ErrorC2ENS_14SourceLocationESs\0';

const libraries = (folder: string, { cuda = false, abi = newAbi }: { cuda?: boolean; abi?: string } = {}) => ({
  [`${folder}/libc10.so`]: abi,
  [`${folder}/libtorch_cpu.so`]: '\x7fELF',
  [`${folder}/libtorch.so`]: '\x7fELF',
  ...(cuda ? { [`${folder}/libtorch_cuda.so`]: '\x7fELF' } : {}),
});

/** A Python package `torch` as a wheel unpacks it, its version header including another one as since 2.8; answers its folder. */
export function wheel(root: string, version: string, { cuda = false }: { cuda?: boolean } = {}): string {
  write(root, {
    ...headers(version),
    'include/torch/csrc/api/include/torch/version.h': '#include <torch/headeronly/version.h>\n',
    'include/torch/headeronly/version.h': versionHeader(version),
    'version.py': `__version__ = '${version}+${cuda ? 'cu130' : 'cpu'}'\ncuda: Optional[str] = ${cuda ? "'13.0'" : 'None'}\n`,
    ...libraries('lib', { cuda }),
  });
  return root;
}

/** A LibTorch archive of old days, unpacked: a folder `libtorch` with `build-version`, of the ABI before C++11. */
export function archive(root: string, version: string): string {
  write(join(root, 'libtorch'), { ...headers(version), 'build-version': `${version}+cpu\n`, ...libraries('lib', { abi: oldAbi }) });
  return root;
}

/** A prefix as Debian's packages fill it: libraries of an architecture with version numbers, links from their plain names. */
export function debianPrefix(root: string, version: string): string {
  write(root, headers(version));
  const folder = join(root, 'lib/x86_64-linux-gnu');
  mkdirSync(folder, { recursive: true });
  for (const name of ['libc10.so', 'libtorch_cpu.so', 'libtorch.so']) {
    writeFileSync(join(folder, `${name}.${version}`), name === 'libc10.so' ? newAbi : '\x7fELF');
    symlinkSync(`${name}.${version}`, join(folder, name));
  }
  return root;
}

/** Debian's Python package: links to the files of the prefix; `headers` leads nowhere where `libtorch-dev` is missing. */
export function debianPython(root: string, prefix: string): string {
  mkdirSync(join(root, 'lib'), { recursive: true });
  mkdirSync(join(root, 'include'), { recursive: true });
  for (const name of ['ATen', 'torch']) symlinkSync(join(prefix, 'include', name), join(root, 'include', name));
  for (const name of ['libc10.so', 'libtorch_cpu.so', 'libtorch.so'])
    symlinkSync(join(prefix, 'lib/x86_64-linux-gnu', name), join(root, 'lib', name));
  write(root, { 'version.py': "__version__ = '1.13.0a0'\ncuda = None\n" });
  return root;
}

/** An interpreter that answers where its torch lies, and nothing else. */
export function interpreter(folder: string, torch: string): string {
  write(folder, {});
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'python3');
  writeFileSync(path, `#!/bin/sh\necho 'a site hook speaks'\necho 'torch:${torch}'\n`, { mode: 0o755 });
  return path;
}
