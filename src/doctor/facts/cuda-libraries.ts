import type { HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { libraryDirectories } from './library-links.js';
import { loaderDirectories } from './loader-directories.js';

/** A library of NVIDIA's that frameworks load, by a file whose name has its version. */
export interface CudaLibrary {
  readonly library: 'cudnn' | 'nccl';
  /** `8.9.7` */
  readonly version: string;
  readonly path: HostPath;
  /** What leads the loader there: `LD_LIBRARY_PATH`, `/etc/ld.so.conf.d/cuda.conf:1`, or `the system’s own folders`. */
  readonly where: string;
}

/** `libcudnn.so.8.9.7`, `libnccl.so.2.21.5`; `libcudnn.so.8` tells no version, and the parts of cuDNN are told by the whole. */
export function parseCudaLibrary(name: string): Pick<CudaLibrary, 'library' | 'version'> | undefined {
  const [, library, version] = name.match(/^lib(cudnn|nccl)\.so\.(\d+(?:\.\d+){1,3})$/) ?? [];
  return library && version ? { library: library as CudaLibrary['library'], version } : undefined;
}

/** cuDNN and NCCL wherever the loader looks, in its order: the first of a name is the one that a program gets. */
export const cudaLibraries: Fact<readonly CudaLibrary[]> = {
  name: 'cudaLibraries',
  async read(host, facts) {
    const configured = await facts.of(loaderDirectories);
    if (!configured.known) return configured;
    const folders = [
      ...configured.value,
      ...libraryDirectories.map((directory) => ({ directory: directory as string, where: 'the system’s own folders' })),
    ];
    const found = await Promise.all(
      folders.map(async ({ directory, where }): Promise<readonly CudaLibrary[]> => {
        const listing = await host.list(directory as HostPath);
        const names = listing.outcome === 'entries' ? listing.names : [];
        return names.flatMap((name) => {
          const parsed = parseCudaLibrary(name);
          return parsed ? [{ ...parsed, path: `${directory.replace(/\/+$/, '')}/${name}` as HostPath, where }] : [];
        });
      }),
    );
    return known(found.flat(), 'the folders of the loader');
  },
};
