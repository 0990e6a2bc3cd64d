import type { Check } from '../finding.js';
import { aptKeyRotated } from './apt-key-rotated.js';
import { aptLocalRepositoryGone } from './apt-local-repository-gone.js';
import { compatDriverInPath } from './compat-driver-in-path.js';
import { condaBroken } from './conda-broken.js';
import { cudnnMismatch } from './cudnn-mismatch.js';
import { deviceLinksMissing } from './device-links-missing.js';
import { devicesDenied } from './devices-denied.js';
import { diversionLeft } from './diversion-left.js';
import { dkmsNotBuilt } from './dkms-not-built.js';
import { dkmsNotRegistered } from './dkms-not-registered.js';
import { driverTooOld } from './driver-too-old.js';
import { fabricManagerNotRunning } from './fabric-manager-not-running.js';
import { fabricManagerVersion } from './fabric-manager-version.js';
import { frameworkLacksGpuCode } from './framework-lacks-gpu-code.js';
import { frameworkNeedsNewerDriver } from './framework-needs-newer-driver.js';
import { frameworkWithoutCuda } from './framework-without-cuda.js';
import { gccDiffersFromKernel } from './gcc-differs-from-kernel.js';
import { gccTooNew } from './gcc-too-new.js';
import { gpuDroppedByBranch } from './gpu-dropped-by-branch.js';
import { gpuFallenOffBus } from './gpu-fallen-off-bus.js';
import { gpuInitFailed } from './gpu-init-failed.js';
import { gpuNewerThanBranch } from './gpu-newer-than-branch.js';
import { gpuNotClaimed } from './gpu-not-claimed.js';
import { gpuOwnedByOtherDriver } from './gpu-owned-by-other-driver.js';
import { gspFirmwareMissing } from './gsp-firmware-missing.js';
import { hmmInitFailed } from './hmm-init-failed.js';
import { installerLogForeign } from './installer-log-foreign.js';
import { librariesMissing } from './libraries-missing.js';
import { libraryLinksBroken } from './library-links-broken.js';
import { migMode } from './mig-mode.js';
import { mixedInstallers } from './mixed-installers.js';
import { moduleFlavourUnsupported } from './module-flavour-unsupported.js';
import { moduleMissing } from './module-missing.js';
import { moduleNotLoaded } from './module-not-loaded.js';
import { modulesNotLoadable } from './modules-not-loadable.js';
import { ncclShadowed } from './nccl-shadowed.js';
import { nextKernelWithoutModule } from './next-kernel-without-module.js';
import { noGcc } from './no-gcc.js';
import { noInterpreter } from './no-interpreter.js';
import { noKernelHeaders } from './no-kernel-headers.js';
import { noLibcHeaders } from './no-libc-headers.js';
import { noMake } from './no-make.js';
import { noModuleSymvers } from './no-module-symvers.js';
import { noNvidiaGpu } from './no-nvidia-gpu.js';
import { noToolkit } from './no-toolkit.js';
import { nodeNumberStale } from './node-number-stale.js';
import { nodesMissing } from './nodes-missing.js';
import { nodesNotAccessible } from './nodes-not-accessible.js';
import { nouveauInInitramfs } from './nouveau-in-initramfs.js';
import { nouveauLoaded } from './nouveau-loaded.js';
import { nouveauNotBlacklisted } from './nouveau-not-blacklisted.js';
import { nvccNotInPath } from './nvcc-not-in-path.js';
import { nvidiaSmiFails } from './nvidia-smi-fails.js';
import { openglOverwritten } from './opengl-overwritten.js';
import { packagesHeld } from './packages-held.js';
import { packagesIncomplete } from './packages-incomplete.js';
import { packagesOfSeveralOrigins } from './packages-of-several-origins.js';
import { packagesOfSeveralVersions } from './packages-of-several-versions.js';
import { pciLinkNarrow } from './pci-link-narrow.js';
import { pciRegionTaken } from './pci-region-taken.js';
import { pciRegionsUnassigned } from './pci-regions-unassigned.js';
import { persistenceDaemonFailed } from './persistence-daemon-failed.js';
import { rebootPending } from './reboot-pending.js';
import { runtimeNotConfigured } from './runtime-not-configured.js';
import { secureBootRejectsModule } from './secure-boot-rejects-module.js';
import { stubDriverInPath } from './stub-driver-in-path.js';
import { tensorflowLibrariesMissing } from './tensorflow-libraries-missing.js';
import { tfjsBindingMissing } from './tfjs-binding-missing.js';
import { tfjsNodeUnsupported } from './tfjs-node-unsupported.js';
import { tfjsWithoutGpu } from './tfjs-without-gpu.js';
import { toolkitLacksGpu } from './toolkit-lacks-gpu.js';
import { toolkitMissing } from './toolkit-missing.js';
import { unsupportedKernel } from './unsupported-kernel.js';
import { uvmNodeMissing } from './uvm-node-missing.js';
import { versionMismatch } from './version-mismatch.js';
import { wslGpuMissing } from './wsl-gpu-missing.js';
import { wslLinuxDriver } from './wsl-linux-driver.js';
import { xidInLog } from './xid-in-log.js';

/** Every check, along the causal chain: within a link the one comes first that the others may hang on. */
export const checks: readonly Check[] = [
  noNvidiaGpu,
  wslGpuMissing,
  wslLinuxDriver,
  pciRegionsUnassigned,
  pciLinkNarrow,
  nouveauLoaded,
  nouveauNotBlacklisted,
  nouveauInInitramfs,
  gpuOwnedByOtherDriver,
  pciRegionTaken,
  modulesNotLoadable,
  unsupportedKernel,
  noKernelHeaders,
  noModuleSymvers,
  noGcc,
  noMake,
  noLibcHeaders,
  gccDiffersFromKernel,
  dkmsNotBuilt,
  moduleMissing,
  dkmsNotRegistered,
  gpuDroppedByBranch,
  gpuNewerThanBranch,
  moduleFlavourUnsupported,
  secureBootRejectsModule,
  moduleNotLoaded,
  gpuNotClaimed,
  gpuFallenOffBus,
  gspFirmwareMissing,
  gpuInitFailed,
  nextKernelWithoutModule,
  nodesMissing,
  nodesNotAccessible,
  uvmNodeMissing,
  nodeNumberStale,
  devicesDenied,
  librariesMissing,
  libraryLinksBroken,
  versionMismatch,
  nvidiaSmiFails,
  fabricManagerVersion,
  fabricManagerNotRunning,
  migMode,
  xidInLog,
  hmmInitFailed,
  persistenceDaemonFailed,
  packagesIncomplete,
  packagesOfSeveralVersions,
  packagesOfSeveralOrigins,
  packagesHeld,
  mixedInstallers,
  diversionLeft,
  openglOverwritten,
  aptKeyRotated,
  aptLocalRepositoryGone,
  rebootPending,
  noToolkit,
  nvccNotInPath,
  driverTooOld,
  gccTooNew,
  toolkitLacksGpu,
  stubDriverInPath,
  compatDriverInPath,
  installerLogForeign,
  toolkitMissing,
  runtimeNotConfigured,
  deviceLinksMissing,
  noInterpreter,
  condaBroken,
  frameworkNeedsNewerDriver,
  frameworkLacksGpuCode,
  frameworkWithoutCuda,
  tensorflowLibrariesMissing,
  cudnnMismatch,
  ncclShadowed,
  tfjsBindingMissing,
  tfjsNodeUnsupported,
  tfjsWithoutGpu,
];
