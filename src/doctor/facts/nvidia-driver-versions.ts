import type { Host, HostPath } from '../../host/host.js';
import { type Fact, type Known, known } from '../fact.js';
import { noFact } from '../no-fact.js';
import { kernel } from './kernel.js';
import { type ModuleFlavour, type ModuleOnDisk, nvidiaModuleOnDisk } from './nvidia-module-on-disk.js';

export interface LoadedDriver {
  readonly version: string;
  readonly flavour: ModuleFlavour | undefined;
  readonly source: HostPath;
}

export interface DriverLibrary {
  readonly version: string;
  /** The file whose name has the version. */
  readonly path: HostPath;
}

/** The same driver in three places; each can be known alone. */
export interface DriverVersions {
  /** The module in the kernel; null where none is loaded. */
  readonly loaded: Known<LoadedDriver | null>;
  /** The file that the running kernel would load; null where it has none. */
  readonly onDisk: Known<ModuleOnDisk | null>;
  /** libnvidia-ml and libcuda. */
  readonly userSpace: Known<readonly DriverLibrary[]>;
}

const libraryDirectories = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/lib/x86_64-linux-gnu/nvidia/current',
  '/usr/lib/wsl/lib',
] as const;

/**
 * `NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.144.03  Mon Dec 30 17:44:08 UTC 2024`, and of the open flavour
 * `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.124.06  Release Build  (dvs-builder@U16-I1-N08-12-5)`
 */
export function parseDriverVersion(text: string): { version: string; flavour: ModuleFlavour } | undefined {
  const [, open, version] = text.match(/^NVRM version:.*?(Open )?Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)/m) ?? [];
  return version ? { version, flavour: open ? 'open' : 'proprietary' } : undefined;
}

/** `libnvidia-ml.so.550.144.03` and `libcuda.so.550.144.03`; `libcuda.so.1` names no driver. */
export function parseLibraryName(name: string): string | undefined {
  return name.match(/^lib(?:nvidia-ml|cuda)\.so\.(\d{2,}(?:\.\d+)+)$/)?.[1];
}

/** Loaded module, module on disk and user space, of which one may be newer than the others. */
export const nvidiaDriverVersions: Fact<DriverVersions> = {
  name: 'nvidiaDriverVersions',
  async read(host, facts) {
    const [running, modules] = await Promise.all([facts.of(kernel), facts.of(nvidiaModuleOnDisk)]);
    const onDisk: Known<ModuleOnDisk | null> = !running.known
      ? running
      : !modules.known
        ? modules
        : known(modules.value.find((module) => module.kernel === running.value.release) ?? null, modules.source);
    return known(
      { loaded: await loadedDriver(host), onDisk, userSpace: await libraries(host) },
      'the kernel, /lib/modules and the libraries',
    );
  },
};

async function loadedDriver(host: Host): Promise<Known<LoadedDriver | null>> {
  const source = '/proc/driver/nvidia/version';
  const proc = await host.read(source);
  if (proc.outcome === 'text') {
    const parsed = parseDriverVersion(proc.text);
    if (parsed) return known({ ...parsed, source }, source);
  }
  const other = '/sys/module/nvidia/version';
  const sys = await host.read(other);
  if (sys.outcome === 'text') return known({ version: sys.text.trim(), flavour: undefined, source: other }, other);
  return sys.outcome === 'absent' ? known(null, other) : noFact(other, sys);
}

async function libraries(host: Host): Promise<Known<readonly DriverLibrary[]>> {
  const found: DriverLibrary[] = [];
  const looked: string[] = [];
  for (const directory of libraryDirectories) {
    const listing = await host.list(directory);
    if (listing.outcome !== 'unavailable') looked.push(directory);
    if (listing.outcome !== 'entries') continue;
    for (const name of listing.names) {
      const version = parseLibraryName(name);
      // /usr/lib and /usr/lib64 may be one folder by a link.
      if (version && !found.some(({ path }) => path.endsWith(`/${name}`)))
        found.push({ version, path: `${directory}/${name}` as HostPath });
    }
  }
  return looked.length > 0 ? known(found, looked.join(', ')) : { known: false, why: 'no folder of libraries could be listed' };
}
