import { containerRuntime } from '../facts/container-runtime.js';
import type { Check } from '../finding.js';
import { runningDriver } from '../requirements.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const toolkitMissing: Check = {
  id: 'container/toolkit-missing',
  title: 'Containers can be given the GPU',
  link: 'toolkit',
  requires: runningDriver,
  about:
    'Where docker or podman is installed beside a driver, looks for the NVIDIA Container Toolkit. Without it `docker run --gpus all` ends with `could not select device driver "" with capabilities: [[gpu]]`. A note: not every container wants a GPU.',
  async examine(facts) {
    const runtime = await facts.of(containerRuntime);
    if (!runtime.known) return undetermined(runtime.why);
    const { runtimes, toolkit } = runtime.value;
    if (runtimes.length === 0) return notApplicable('nothing here runs containers');
    if (toolkit) return clear('The NVIDIA Container Toolkit is installed');
    return found({
      severity: 'note',
      summary: `${runtimes.join(' and ')} cannot hand the GPU to a container: the NVIDIA Container Toolkit is not installed`,
      why: '`--gpus all` ends with `could not select device driver "" with capabilities: [[gpu]]`',
      evidence: [`programs: ${runtimes.join(', ')}, and no nvidia-ctk`],
      remedy: {
        summary: 'Add NVIDIA’s archive for it and install nvidia-container-toolkit, then name it to docker',
        commands: [
          'sudo apt-get install nvidia-container-toolkit',
          'sudo nvidia-ctk runtime configure --runtime=docker',
          'sudo systemctl restart docker',
        ],
        automatic: false,
        needs: ['root', 'network'],
      },
    });
  },
};
