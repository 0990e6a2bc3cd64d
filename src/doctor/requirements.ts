import type { CheckId } from './finding.js';

/** What must not be broken for a check of the driver that runs: a GPU, nobody else's, and the module in the kernel. */
export const runningDriver: readonly CheckId[] = [
  'host/no-nvidia-gpu',
  'kernel/nouveau-loaded',
  'kernel/gpu-owned-by-other-driver',
  'driver/module-not-loaded',
];

/** What must not be broken for a check of the driver that is installed, whether it runs or not. */
export const installedDriver: readonly CheckId[] = [
  'host/no-nvidia-gpu',
  'kernel/nouveau-loaded',
  'kernel/gpu-owned-by-other-driver',
  'driver/module-missing',
];
