import { type DriverInUse, driverInUse } from './driver-in-use.js';
import type { Facts } from './fact.js';
import { gpuNeeds, type KnownGpu } from './facts/gpu-needs.js';
import type { Verdict } from './finding.js';
import { clear, found, notApplicable, undetermined } from './verdicts.js';

/** Why a driver does not take a GPU. */
export type Unsupported = 'dropped' | 'too-new' | 'open-without-gsp' | 'proprietary-refused';

/** Judged by the GPU's device id, the driver's branch and its flavour; undefined where the driver should take it. */
export function whyUnsupported(
  { needs }: Pick<KnownGpu, 'needs'>,
  { branch, flavour }: Pick<DriverInUse, 'branch' | 'flavour'>,
): Unsupported | undefined {
  if (needs.lastBranch !== null && branch > needs.lastBranch) return 'dropped';
  if (branch < needs.firstBranch) return 'too-new';
  if (flavour === 'open' && !needs.open) return 'open-without-gsp';
  return flavour === 'proprietary' && !needs.proprietary ? 'proprietary-refused' : undefined;
}

/** The GPUs that the driver in use left alone, and that it does not support. */
export async function unsupportedGpus(facts: Facts): Promise<readonly { readonly gpu: KnownGpu; readonly why: Unsupported }[]> {
  const [gpus, driver] = [await facts.of(gpuNeeds), await driverInUse(facts)];
  if (!gpus.known || !driver) return [];
  return gpus.value.flatMap((gpu) => {
    // One that nvidia has taken it supports, whatever a table says; one that another driver has is that one's.
    const why = gpu.driver === null ? whyUnsupported(gpu, driver) : undefined;
    return why ? [{ gpu, why }] : [];
  });
}

/** What the checks of GPU and driver have in common: those GPUs of which one of `reasons` holds, in words of the caller. */
export async function unsupportedVerdict(
  facts: Facts,
  reasons: readonly Unsupported[],
  words: {
    readonly clear: string;
    readonly summary: (gpu: KnownGpu, driver: DriverInUse) => string;
    readonly why: string;
    readonly cure: (gpu: KnownGpu) => string;
  },
): Promise<Verdict> {
  const [gpus, driver] = [await facts.of(gpuNeeds), await driverInUse(facts)];
  if (!gpus.known) return undetermined(gpus.why);
  if (gpus.value.length === 0) return notApplicable('no GPU here is in our table');
  if (!driver) return notApplicable('no driver is installed whose version is known');
  const concerned = (await unsupportedGpus(facts)).filter(({ why }) => reasons.includes(why)).map(({ gpu }) => gpu);
  const [first] = concerned;
  if (!first) return clear(words.clear);
  return found({
    severity: concerned.length === gpus.value.length ? 'blocker' : 'warning',
    summary: words.summary(first, driver),
    why: words.why,
    evidence: [
      ...concerned.map(
        ({ address, vendor, device, needs }) => `/sys/bus/pci/devices/${address} ${vendor}:${device}: ${needs.architecture}`,
      ),
      `${driver.source}: ${driver.version}${driver.flavour ? `, ${driver.flavour} flavour` : ''}`,
    ],
    remedy: {
      summary: words.cure(first),
      commands: ['gpu-setup install-driver --dkms --dry-run'],
      automatic: true,
      needs: ['root', 'network', 'reboot'],
    },
  });
}
