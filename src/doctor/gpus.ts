import type { Facts } from './fact.js';
import { type NvidiaFunction, nvidiaFunctions } from './facts/nvidia-functions.js';
import type { Verdict } from './finding.js';
import { notApplicable, undetermined } from './verdicts.js';

/** The NVIDIA GPUs on the PCI bus, at least one; or the verdict of a check that is about them. */
export async function gpusOf(facts: Facts): Promise<{ readonly gpus: readonly NvidiaFunction[] } | { readonly verdict: Verdict }> {
  const functions = await facts.of(nvidiaFunctions);
  if (!functions.known) return { verdict: undetermined(functions.why) };
  const gpus = functions.value.filter(({ isGpu }) => isGpu);
  return gpus.length > 0 ? { gpus } : { verdict: notApplicable('no NVIDIA GPU on the PCI bus') };
}
