import { kernel } from '../facts/kernel.js';
import { nvidiaDriverVersions } from '../facts/nvidia-driver-versions.js';
import { nvidiaModuleOnDisk } from '../facts/nvidia-module-on-disk.js';
import type { Check } from '../finding.js';
import { gpusOf } from '../gpus.js';
import { inContainer } from '../in-container.js';
import { clear, found, undetermined } from '../verdicts.js';

export const moduleMissing: Check = {
  id: 'driver/module-missing',
  title: 'The running kernel has an NVIDIA module',
  link: 'module',
  requires: [
    'host/no-nvidia-gpu',
    'kernel/nouveau-loaded',
    'kernel/gpu-owned-by-other-driver',
    'kernel/modules-not-loadable',
    'build/no-kernel-headers',
    'build/no-gcc',
    'build/no-make',
    'driver/dkms-not-built',
  ],
  about:
    'Looks for nvidia.ko (plain or compressed) where packages, DKMS and the `.run` installer put it under /lib/modules/RELEASE. Says which other kernels have one.',
  async examine(facts) {
    const look = await gpusOf(facts);
    if ('verdict' in look) return look.verdict;
    const [running, versions, modules] = [await facts.of(kernel), await facts.of(nvidiaDriverVersions), await facts.of(nvidiaModuleOnDisk)];
    if (!running.known) return undetermined(running.why);
    if (!versions.known || !modules.known) return undetermined(modules.known ? 'the driver is not known' : modules.why);
    const { loaded, onDisk } = versions.value;
    if (onDisk.known && onDisk.value) return clear(`nvidia ${onDisk.value.version ?? ''} for ${running.value.release}`, onDisk.value.path);
    if (loaded.known && loaded.value)
      return clear(`nvidia ${loaded.value.version} is loaded; its file is not under /lib/modules`, loaded.source);
    if (await inContainer(facts)) {
      if (!loaded.known) return undetermined(loaded.why);
      return found({
        severity: 'blocker',
        summary: 'The machine outside this container runs no NVIDIA driver',
        why: 'A container uses the kernel of the machine outside it, and the driver in that',
        evidence: [`${loaded.source} is not there`],
        remedy: {
          summary: 'Run gpu-setup on the machine outside this container, and install the driver there',
          commands: [],
          automatic: false,
          needs: ['root', 'network', 'reboot'],
        },
      });
    }
    const others = modules.value.map(({ path, version }) => `${path}${version ? ` (${version})` : ''}, for another kernel`);
    return found({
      severity: 'blocker',
      summary:
        others.length > 0
          ? `The running kernel ${running.value.release} has no NVIDIA module, another one has`
          : 'No NVIDIA driver is installed',
      why: 'The module is the driver: without it nothing can talk to the GPU',
      evidence: [`no nvidia.ko under /lib/modules/${running.value.release}`, ...others],
      remedy: {
        summary:
          others.length > 0
            ? 'Build the driver for this kernel, or boot the other one; the plan says how'
            : 'Install the driver; the plan says how, and changes nothing',
        commands: ['gpu-setup install-driver --dkms --dry-run'],
        automatic: true,
        needs: ['root', 'network', 'reboot'],
      },
    });
  },
};
