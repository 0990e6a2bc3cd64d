import type { Reason } from '../plan.js';
import { distributionName, distributionOf, distributions } from '../tables/distributions.js';
import type { DriverRequest } from './request.js';
import type { Survey } from './survey.js';

/** What keeps every driver off this machine, whichever it is; the first is the one to mend first. */
export function obstaclesOf(survey: Survey, request: DriverRequest): readonly Reason[] {
  return [...gpuObstacles(survey), ...placeObstacles(survey), ...distributionObstacles(survey), ...architectureObstacles(survey, request)];
}

function gpuObstacles({ gpus, assumedGpus }: Survey): readonly Reason[] {
  if (assumedGpus.length > 0) return [];
  const planFor = '`--assume-gpu DEVICE_ID` shows the plan for a GPU that is not there';
  if (!gpus.known) return [blocked(`Cannot see which GPUs this machine has: ${gpus.why}`, planFor)];
  if (gpus.value.length === 0) {
    return [blocked('This machine has no NVIDIA GPU on its PCI bus', `check its slot and power, or the passthrough of a VM; ${planFor}`)];
  }
  if (gpus.value.every(({ owner }) => owner === 'vfio-pci')) {
    const addresses = gpus.value.map(({ address }) => address).join(', ');
    return [
      blocked(
        `vfio-pci keeps the NVIDIA GPU for virtual machines (${addresses})`,
        'install the driver in the virtual machine, or remove the vfio-pci binding',
      ),
    ];
  }
  return [];
}

function placeObstacles({ wsl, virtualization, moduleLoading }: Survey): readonly Reason[] {
  if (wsl.known && wsl.value) {
    return [
      blocked(
        'This is WSL, where the NVIDIA driver of Windows serves',
        'install or update the driver in Windows; /usr/lib/wsl/lib/nvidia-smi shows it here',
      ),
    ];
  }
  if (virtualization.known && virtualization.value.kind === 'container') {
    const name = virtualization.value.name ? ` (${virtualization.value.name})` : '';
    return [
      blocked(
        `This is a container${name}: the driver belongs to its host`,
        'install the driver on the host, and the NVIDIA Container Toolkit to reach it from here',
      ),
    ];
  }
  if (moduleLoading.known && !moduleLoading.value.possible) {
    return [blocked(`No driver can be loaded: ${moduleLoading.value.because}`, 'boot a kernel of the distribution that takes modules')];
  }
  return [];
}

function distributionObstacles({ os }: Survey): readonly Reason[] {
  const known = distributions.map(distributionName).join(', ');
  if (!os.known) return [badRequest(`Cannot tell which distribution this is: ${os.why}`, `plans are made for ${known}`)];
  return distributionOf(os.value)
    ? []
    : [badRequest(`No plan can be made for ${os.value.pretty}: it is not in our table`, `plans are made for ${known}`)];
}

function architectureObstacles({ machine }: Survey, { run }: DriverRequest): readonly Reason[] {
  if (!machine.known) return [];
  if (!['x86_64', 'aarch64'].includes(machine.value)) {
    return [badRequest(`No plan can be made for the architecture ${machine.value}`, 'NVIDIA has Linux drivers for x86_64 and aarch64')];
  }
  if (run && run.architecture !== machine.value) {
    return [
      badRequest(
        `\`${run.path}\` is for ${run.architecture}, and this machine is ${machine.value}`,
        `take the installer for ${machine.value}`,
      ),
    ];
  }
  return [];
}

export const blocked = (reason: string, hint: string): Reason => ({ reason, hint, exitCode: 1 });
export const badRequest = (reason: string, hint: string): Reason => ({ reason, hint, exitCode: 2 });
