import { counted } from '../counted.js';
import type { Facts } from '../fact.js';
import { nvidiaFunctions } from '../facts/nvidia-functions.js';
import { tegra } from '../facts/tegra.js';
import { virtualization } from '../facts/virtualization.js';
import { wsl } from '../facts/wsl.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const noNvidiaGpu: Check = {
  id: 'host/no-nvidia-gpu',
  title: 'An NVIDIA GPU is on the PCI bus',
  link: 'hardware',
  about:
    'Looks in sysfs for display controllers (class 03xx) of vendor 10de; needs neither lspci nor a driver. Everything about the driver hangs on it.',
  async examine(facts) {
    const functions = await facts.of(nvidiaFunctions);
    if (!functions.known) return undetermined(functions.why);
    const gpus = functions.value.filter(({ isGpu }) => isGpu);
    if (gpus.length > 0) {
      const lines = gpus.map(({ address, device, driver }) => `${address} 10de:${device}, driver ${driver ?? 'none'}`);
      return clear(counted(gpus.length, 'NVIDIA GPU'), ...lines);
    }
    const windows = await facts.of(wsl);
    if (windows.known && windows.value) return notApplicable('inside WSL the GPU belongs to Windows and is on no PCI bus');
    const inside = await facts.of(tegra);
    if (inside.known && inside.value) return notApplicable('the GPU of a Jetson is inside its processor, and on no PCI bus');
    return found({
      severity: 'blocker',
      summary: 'There is no NVIDIA GPU on the PCI bus',
      why: 'Driver, CUDA and training on a GPU all need one; until then training runs on the CPU',
      evidence: [functions.source],
      remedy: { summary: await advice(facts), commands: [], automatic: false, needs: [] },
    });
  },
};

async function advice(facts: Facts): Promise<string> {
  const where = await facts.of(virtualization);
  switch (where.known ? where.value.kind : undefined) {
    case 'container':
      return 'Run the container on a host that has a GPU, and hand it in (`docker run --gpus all …`)';
    case 'machine':
      return 'Choose a machine type that has a GPU, or pass one through to this virtual machine on its host';
    default:
      return 'Check that the card sits in its slot, has its power cables and is not switched off in the firmware setup';
  }
}
