import type { Facts } from '../fact.js';
import { kernelLog } from '../facts/kernel-log.js';
import { loadedModules } from '../facts/loaded-modules.js';
import type { Check } from '../finding.js';
import { gpusOf } from '../gpus.js';
import { silentGpus } from '../lost-gpus.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const pciRegionTaken: Check = {
  id: 'kernel/pci-region-taken',
  title: 'Nobody else holds the GPU’s memory regions',
  link: 'binding',
  requires: ['host/no-nvidia-gpu', 'host/pci-regions-unassigned', 'kernel/nouveau-loaded', 'kernel/gpu-owned-by-other-driver'],
  about:
    'Reads the kernel’s log for `request_mem_region failed`: the framebuffer of the firmware (efifb, simplefb, vesafb) or another driver keeps a region, and the NVIDIA driver gives the GPU up.',
  async examine(facts) {
    const look = await gpusOf(facts);
    if ('verdict' in look) return look.verdict;
    // A GPU that nvidia took has its regions.
    if (look.gpus.every(({ driver }) => driver === 'nvidia')) return clear('nvidia has every GPU and its regions');
    if (!(await driverIsLoaded(facts))) return notApplicable('no NVIDIA driver has asked for a region');
    const log = await facts.of(kernelLog);
    if (!log.known) return undetermined(log.why);
    const lines = log.value.filter(({ text }) => /request_mem_region failed for/.test(text));
    if (lines.length === 0) return clear('The kernel’s log tells of no region that was taken', log.source);
    const working = await silentGpus(facts);
    return found({
      severity: working && working.of > 0 && working.silent === 0 ? 'warning' : 'blocker',
      summary: 'Another driver holds the memory region of a GPU',
      why: 'The NVIDIA driver asks for the region for itself, and gives the GPU up where it does not get it',
      evidence: lines.map(({ where, text }) => `${where}: ${text}`),
      remedy: {
        summary:
          '/proc/iomem names the holder; a framebuffer of the firmware goes with `video=efifb:off` or `initcall_blacklist=simpledrm_platform_driver_init` on the kernel command line',
        commands: ['sudo cat /proc/iomem', 'sudo dmesg | grep -iE "efifb|simplefb|simple-framebuffer|vesafb"'],
        automatic: false,
        needs: ['root', 'reboot'],
      },
    });
  },
};

async function driverIsLoaded(facts: Facts): Promise<boolean> {
  const modules = await facts.of(loadedModules);
  return !modules.known || modules.value.some(({ name }) => name === 'nvidia');
}
