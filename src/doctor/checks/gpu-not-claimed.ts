import { nvidiaDriverVersions } from '../facts/nvidia-driver-versions.js';
import type { Check } from '../finding.js';
import { gpusOf } from '../gpus.js';
import { unsupportedGpus } from '../unsupported-gpus.js';
import { clear, found, undetermined } from '../verdicts.js';

export const gpuNotClaimed: Check = {
  id: 'driver/gpu-not-claimed',
  title: 'The loaded driver took every GPU',
  link: 'module',
  requires: [
    'host/no-nvidia-gpu',
    'kernel/nouveau-loaded',
    'kernel/gpu-owned-by-other-driver',
    'driver/module-not-loaded',
    'kernel/pci-region-taken',
  ],
  about:
    'A GPU without a driver beside a loaded nvidia module is one that this branch does not support: too old (`Legacy drivers`), too new, or in need of the other flavour (the open one starts at Turing).',
  async examine(facts) {
    const look = await gpusOf(facts);
    if ('verdict' in look) return look.verdict;
    const versions = await facts.of(nvidiaDriverVersions);
    const loaded = versions.known && versions.value.loaded.known ? versions.value.loaded.value : undefined;
    if (!loaded) return undetermined('the loaded driver is not known');
    // What the table explains has a check of its own.
    const explained = new Set((await unsupportedGpus(facts)).map(({ gpu }) => gpu.address));
    const unclaimed = look.gpus.filter(({ driver, address }) => driver === null && !explained.has(address));
    if (unclaimed.length === 0) return clear('No GPU is without a driver');
    const flavour = loaded.flavour ? `, ${loaded.flavour} flavour` : '';
    return found({
      severity: unclaimed.length === look.gpus.length ? 'blocker' : 'warning',
      summary: `nvidia ${loaded.version} is loaded and left out ${unclaimed.map(({ address }) => address).join(', ')}`,
      why: 'A driver takes only the GPUs that its branch and its flavour support',
      evidence: [
        ...unclaimed.map(({ address, vendor, device }) => `/sys/bus/pci/devices/${address} ${vendor}:${device} has no driver`),
        `${loaded.source}: ${loaded.version}${flavour}`,
      ],
      remedy: {
        summary: 'The kernel’s log names the branch that it needs; the plan chooses one by the GPU',
        commands: ['sudo dmesg | grep NVRM', 'gpu-setup install-driver --dkms --dry-run'],
        automatic: true,
        needs: ['root', 'network', 'reboot'],
      },
    });
  },
};
