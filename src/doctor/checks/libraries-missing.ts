import { nvidiaDeviceNodes } from '../facts/nvidia-device-nodes.js';
import { nvidiaDriverVersions } from '../facts/nvidia-driver-versions.js';
import type { Check } from '../finding.js';
import { gpusOf } from '../gpus.js';
import { handIn, inContainer } from '../in-container.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const librariesMissing: Check = {
  id: 'driver/libraries-missing',
  title: 'The driver’s libraries are installed',
  link: 'libraries',
  requires: ['host/no-nvidia-gpu', 'kernel/nouveau-loaded', 'kernel/gpu-owned-by-other-driver', 'driver/module-missing'],
  about:
    'Looks for libnvidia-ml.so and libcuda.so in the system’s library folders. They are the half of the driver that programs load; a kernel module alone does nothing for them.',
  async examine(facts) {
    // An image without a driver is nothing broken where nobody knows of a GPU.
    const look = await gpusOf(facts);
    if ('verdict' in look) return look.verdict;
    const versions = await facts.of(nvidiaDriverVersions);
    if (!versions.known) return undetermined(versions.why);
    const { userSpace } = versions.value;
    if (!userSpace.known) return undetermined(userSpace.why);
    const cuda = userSpace.value.find(({ path }) => path.includes('/libcuda.so'));
    const management = userSpace.value.find(({ path }) => path.includes('/libnvidia-ml.so'));
    if (cuda && management) return clear('libcuda and libnvidia-ml are installed', cuda.path, management.path);
    const [container, nodes] = [await inContainer(facts), await facts.of(nvidiaDeviceNodes)];
    if (container && nodes.known && nodes.value.gpus.length === 0) return notApplicable('they are handed in together with the devices');
    const missing = [...(cuda ? [] : ['libcuda']), ...(management ? [] : ['libnvidia-ml'])].join(' and ');
    return found({
      severity: 'blocker',
      summary: `${missing} ${missing.includes(' ') ? 'are' : 'is'} not installed`,
      why: 'CUDA programs load libcuda, nvidia-smi and containers load libnvidia-ml',
      evidence: [`looked in ${userSpace.source}`],
      remedy: container
        ? handIn
        : {
            summary: 'Install the whole driver; the plan says how',
            commands: ['gpu-setup install-driver --dkms --dry-run'],
            automatic: true,
            needs: ['root', 'network'],
          },
    });
  },
};
