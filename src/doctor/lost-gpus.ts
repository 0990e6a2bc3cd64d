import type { Facts } from './fact.js';
import { nvidiaDeviceNodes } from './facts/nvidia-device-nodes.js';
import { nvidiaFunctions } from './facts/nvidia-functions.js';
import { nvidiaSmi } from './facts/nvidia-smi.js';

/** How many GPUs of nvidia's do not answer nvidia-smi; undefined where nobody can say. A line of a log is of the past, this is now. */
export async function silentGpus(facts: Facts): Promise<{ readonly silent: number; readonly of: number } | undefined> {
  const [functions, nodes] = await Promise.all([facts.of(nvidiaFunctions), facts.of(nvidiaDeviceNodes)]);
  // Where nodes are missing nvidia-smi would make them: we only look.
  if (!nodes.known || !nodes.value.control || nodes.value.gpus.length === 0) return undefined;
  const smi = await facts.of(nvidiaSmi);
  if (!functions.known || !smi.known || smi.value === null) return undefined;
  const owned = functions.value.filter(({ isGpu, driver }) => isGpu && driver === 'nvidia').length;
  return { silent: smi.value.outcome === 'answered' ? Math.max(owned - smi.value.gpus.length, 0) : owned, of: owned };
}
