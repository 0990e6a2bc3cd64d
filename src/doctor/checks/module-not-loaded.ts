import { moduleBlacklist } from '../facts/module-blacklist.js';
import { nvidiaDriverVersions } from '../facts/nvidia-driver-versions.js';
import type { Check } from '../finding.js';
import { gpusOf } from '../gpus.js';
import { clear, found, undetermined } from '../verdicts.js';

export const moduleNotLoaded: Check = {
  id: 'driver/module-not-loaded',
  title: 'The NVIDIA module is loaded',
  link: 'module',
  requires: [
    'host/no-nvidia-gpu',
    'kernel/nouveau-loaded',
    'kernel/gpu-owned-by-other-driver',
    'driver/module-missing',
    'kernel/secure-boot-rejects-module',
    'driver/gpu-dropped-by-branch',
    'driver/gpu-newer-than-branch',
    'driver/module-flavour-unsupported',
  ],
  about: 'Reads /proc/driver/nvidia/version and /sys/module/nvidia. Names the line that keeps it from loading, where there is one.',
  async examine(facts) {
    const look = await gpusOf(facts);
    if ('verdict' in look) return look.verdict;
    const versions = await facts.of(nvidiaDriverVersions);
    if (!versions.known) return undetermined(versions.why);
    const { loaded, onDisk } = versions.value;
    if (!loaded.known) return undetermined(loaded.why);
    if (loaded.value) return clear(`nvidia ${loaded.value.version} is loaded`, loaded.source);
    const blacklist = await facts.of(moduleBlacklist);
    const forbidden = blacklist.known ? blacklist.value.filter(({ module, how }) => module === 'nvidia' && how !== 'options') : [];
    return found({
      severity: 'blocker',
      summary: forbidden.length > 0 ? 'The NVIDIA module is kept from loading' : 'The NVIDIA module is there and not loaded',
      why: 'Without it in the kernel there are no device nodes, and nothing can talk to the GPU',
      evidence: [
        `${loaded.source} is not there`,
        ...(onDisk.known && onDisk.value ? [`on disk: ${onDisk.value.path}`] : []),
        ...forbidden.map(({ where, line }) => `${where}: ${line}`),
      ],
      remedy: {
        summary:
          forbidden.length > 0
            ? 'Take that line away, then load it; on a laptop `prime-select` may have written it'
            : 'Load it; if it refuses, the kernel’s log says why',
        commands: ['sudo modprobe nvidia', 'sudo dmesg | grep -iE "nvrm|nvidia" | tail'],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};
