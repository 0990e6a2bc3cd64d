import { initramfsCommands } from '../distribution-commands.js';
import type { Facts } from '../fact.js';
import { kernelCommandLine } from '../facts/kernel-command-line.js';
import type { Check, RemedyAdvice } from '../finding.js';
import { gpusOf } from '../gpus.js';
import { followedOutside } from '../in-container.js';
import { clear, found, undetermined } from '../verdicts.js';

export const gpuOwnedByOtherDriver: Check = {
  id: 'kernel/gpu-owned-by-other-driver',
  title: 'No other driver owns the GPU',
  link: 'binding',
  requires: ['host/no-nvidia-gpu', 'kernel/nouveau-loaded'],
  about:
    'Follows the driver link of each GPU in sysfs, whatever it is called: nova_core on new kernels, vfio-pci of a passthrough, or any other. The NVIDIA driver then says `already bound to …` or `The NVIDIA probe routine was not called`.',
  async examine(facts) {
    const look = await gpusOf(facts);
    if ('verdict' in look) return look.verdict;
    const { gpus } = look;
    const hidden = gpus.find(({ driver }) => driver === undefined);
    if (hidden) return undetermined(`the driver link of ${hidden.address} could not be read`);
    // nouveau has a check of its own.
    const foreign = gpus.filter(({ driver }) => driver !== null && driver !== 'nvidia' && driver !== 'nouveau');
    if (foreign.length === 0) {
      return clear(gpus.some(({ driver }) => driver === 'nvidia') ? 'The GPU is bound to nvidia' : 'No other driver holds the GPU');
    }
    const drivers = [...new Set(foreign.map(({ driver }) => driver!))];
    const bound = gpus.some(({ driver }) => driver === 'nvidia');
    return found({
      severity: bound ? 'warning' : 'blocker',
      summary: `${drivers.join(' and ')} ${drivers.length === 1 ? 'owns' : 'own'} ${foreign.map(({ address }) => address).join(', ')}`,
      why: bound
        ? 'These GPUs are not at the NVIDIA driver’s disposal; where that is meant, nothing is to be done'
        : 'A PCI function has one driver: while another one has it, the NVIDIA driver cannot take it',
      evidence: [
        ...foreign.map(({ address, driver }) => `/sys/bus/pci/devices/${address}/driver -> ${driver}`),
        ...(await commandLineEvidence(facts, drivers)),
      ],
      remedy: await followedOutside(facts, await remedyFor(facts, drivers)),
    });
  },
};

async function commandLineEvidence(facts: Facts, drivers: readonly string[]): Promise<readonly string[]> {
  const commandLine = await facts.of(kernelCommandLine);
  if (!commandLine.known || !drivers.includes('vfio-pci')) return [];
  return commandLine.value.filter(({ name }) => name === 'vfio-pci.ids').map(({ name, value }) => `/proc/cmdline: ${name}=${value}`);
}

async function remedyFor(facts: Facts, drivers: readonly string[]): Promise<RemedyAdvice> {
  const rebuild = await initramfsCommands(facts);
  if (drivers.includes('vfio-pci')) {
    return {
      summary:
        'vfio-pci keeps the GPU for a virtual machine: use it there, or take its id out of `vfio-pci.ids` and modprobe.d, and reboot',
      commands: ['grep -rn vfio /etc/modprobe.d /etc/default/grub', ...rebuild, 'sudo systemctl reboot'],
      automatic: false,
      needs: ['root', 'reboot'],
    };
  }
  // The module nova_core calls its driver NovaCore.
  const modules = drivers.some((driver) => /^nova_?core$/i.test(driver))
    ? ['nova_core', 'nova_drm']
    : drivers.filter((driver) => /^[\w-]+$/.test(driver));
  const lines = modules.map((module) => `blacklist ${module}\\n`).join('');
  return {
    summary: `Keep ${drivers.join(' and ')} from loading, rebuild the initramfs and reboot`,
    commands: [
      ...modules.slice(0, 1).map((first) => `printf '${lines}' | sudo tee /etc/modprobe.d/disable-${first.replaceAll('_', '-')}.conf`),
      ...rebuild,
      'sudo systemctl reboot',
    ],
    automatic: false,
    needs: ['root', 'reboot'],
  };
}
