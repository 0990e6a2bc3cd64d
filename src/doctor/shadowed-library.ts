import type { CudaLibrary } from './facts/cuda-libraries.js';
import { compareVersions } from './versions.js';

/**
 * The library that a program gets in the place of the one it was built with, where that is an older one of the same major version (one of
 * another has another name, and is passed by); undefined where it gets what it wants. LD_LIBRARY_PATH comes before what lies beside a
 * program, the system's folders come after it.
 */
export function shadowOf(
  found: readonly CudaLibrary[],
  { library, built, beside }: { readonly library: CudaLibrary['library']; readonly built: string; readonly beside: boolean },
): CudaLibrary | undefined {
  const [major] = built.split('.');
  const first = found.find(
    (each) => each.library === library && each.version.split('.', 1)[0] === major && (!beside || each.where === 'LD_LIBRARY_PATH'),
  );
  return first && compareVersions(minorOf(first.version), minorOf(built)) < 0 ? first : undefined;
}

/** 8.9 of 8.9.7.29: what must be equal or higher. */
const minorOf = (version: string) => version.split('.').slice(0, 2).join('.');
