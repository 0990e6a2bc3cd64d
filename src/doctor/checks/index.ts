import type { Check } from '../finding.js';
import { condaBroken } from './conda-broken.js';
import { dkmsNotBuilt } from './dkms-not-built.js';
import { fabricManagerNotRunning } from './fabric-manager-not-running.js';
import { gccDiffersFromKernel } from './gcc-differs-from-kernel.js';
import { gpuNotClaimed } from './gpu-not-claimed.js';
import { gpuOwnedByOtherDriver } from './gpu-owned-by-other-driver.js';
import { librariesMissing } from './libraries-missing.js';
import { mixedInstallers } from './mixed-installers.js';
import { moduleMissing } from './module-missing.js';
import { moduleNotLoaded } from './module-not-loaded.js';
import { modulesNotLoadable } from './modules-not-loadable.js';
import { nextKernelWithoutModule } from './next-kernel-without-module.js';
import { noGcc } from './no-gcc.js';
import { noInterpreter } from './no-interpreter.js';
import { noKernelHeaders } from './no-kernel-headers.js';
import { noMake } from './no-make.js';
import { noNvidiaGpu } from './no-nvidia-gpu.js';
import { noToolkit } from './no-toolkit.js';
import { nodesMissing } from './nodes-missing.js';
import { nodesNotAccessible } from './nodes-not-accessible.js';
import { nouveauLoaded } from './nouveau-loaded.js';
import { nouveauNotBlacklisted } from './nouveau-not-blacklisted.js';
import { nvccNotInPath } from './nvcc-not-in-path.js';
import { nvidiaSmiFails } from './nvidia-smi-fails.js';
import { packagesIncomplete } from './packages-incomplete.js';
import { pciRegionsUnassigned } from './pci-regions-unassigned.js';
import { secureBootRejectsModule } from './secure-boot-rejects-module.js';
import { uvmNodeMissing } from './uvm-node-missing.js';
import { versionMismatch } from './version-mismatch.js';

/** Every check, along the causal chain: within a link the one comes first that the others may hang on. */
export const checks: readonly Check[] = [
  noNvidiaGpu,
  pciRegionsUnassigned,
  nouveauLoaded,
  nouveauNotBlacklisted,
  gpuOwnedByOtherDriver,
  modulesNotLoadable,
  noKernelHeaders,
  noGcc,
  noMake,
  gccDiffersFromKernel,
  dkmsNotBuilt,
  moduleMissing,
  secureBootRejectsModule,
  moduleNotLoaded,
  gpuNotClaimed,
  nextKernelWithoutModule,
  nodesMissing,
  nodesNotAccessible,
  uvmNodeMissing,
  librariesMissing,
  versionMismatch,
  nvidiaSmiFails,
  fabricManagerNotRunning,
  packagesIncomplete,
  mixedInstallers,
  noToolkit,
  nvccNotInPath,
  noInterpreter,
  condaBroken,
];
