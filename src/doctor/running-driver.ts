import type { Facts } from './fact.js';
import { dkms } from './facts/dkms.js';
import { kernel } from './facts/kernel.js';
import { nvidiaDriverVersions } from './facts/nvidia-driver-versions.js';
import { nvidiaFunctions } from './facts/nvidia-functions.js';
import { packages } from './facts/packages.js';
import { inContainer } from './in-container.js';

/** How much a build tool matters on this machine. */
export type BuildNeed =
  /** Nothing here has a module to build. */
  | 'no-gpu'
  /** The kernel, and with it the driver, is that of the machine outside this container. */
  | 'container'
  /** DKMS has a driver, and the running kernel lacks its module. */
  | 'now'
  /** A driver is built here; its module must be built again for the next kernel. */
  | 'later'
  /** A driver whose modules come built: in packages for each kernel, with the distribution's signature. */
  | 'prebuilt'
  /** There is a GPU and no driver yet. */
  | 'to-install';

/** Whether a module of NVIDIA's has to be built here; undefined where that cannot be known. */
export async function buildNeedOf(facts: Facts): Promise<BuildNeed | undefined> {
  const [functions, versions, builder, running] = await Promise.all([
    facts.of(nvidiaFunctions),
    facts.of(nvidiaDriverVersions),
    facts.of(dkms),
    facts.of(kernel),
  ]);
  if (functions.known && !functions.value.some(({ isGpu }) => isGpu)) return 'no-gpu';
  if (await inContainer(facts)) return 'container';
  if (!running.known || !versions.known) return undefined;
  const { loaded, onDisk } = versions.value;
  const managed = builder.known && builder.value?.entries.some(({ module }) => isNvidiaModule(module));
  const file = onDisk.known ? onDisk.value : null;
  if (file || (loaded.known && loaded.value)) return !managed && file && (await comesBuilt(facts, file.path)) ? 'prebuilt' : 'later';
  return managed ? 'now' : 'to-install';
}

/** Whether packages bring the module: not where DKMS or the `.run` installer put theirs, and nobody builds it at the boot (akmods). */
async function comesBuilt(facts: Facts, path: string): Promise<boolean> {
  if (/\/updates\/dkms\/|\/kernel\/drivers\/video\//.test(path)) return false;
  const installed = await facts.of(packages);
  return installed.known && !installed.value.some(({ name }) => /^akmod-nvidia/.test(name));
}

/** DKMS knows the driver as `nvidia`, Debian's packages as `nvidia-current`, the open flavour as `nvidia-open`. */
export const isNvidiaModule = (name: string): boolean => /^nvidia(-|$)/.test(name) && !/^nvidia-(fs|peermem)/.test(name);
