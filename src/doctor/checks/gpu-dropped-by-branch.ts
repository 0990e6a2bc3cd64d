import type { Check } from '../finding.js';
import { installedDriver } from '../requirements.js';
import { unsupportedVerdict } from '../unsupported-gpus.js';

export const gpuDroppedByBranch: Check = {
  id: 'driver/gpu-dropped-by-branch',
  title: 'The driver’s branch still supports the GPU',
  link: 'module',
  requires: installedDriver,
  about:
    'Compares the branch with the last one that supports the GPU’s architecture: Kepler ends with 470, Maxwell, Pascal and Volta with 580. The driver says `will ignore this GPU` and names its `Legacy drivers`.',
  examine: (facts) =>
    unsupportedVerdict(facts, ['dropped'], {
      clear: 'No GPU is too old for the driver',
      summary: ({ needs, address }, { version }) =>
        `nvidia ${version} no longer supports ${address}: the last branch for ${capital(needs.architecture)} is ${needs.lastBranch}`,
      why: 'A branch that dropped an architecture ignores its GPUs',
      cure: ({ needs }) => `Install branch ${needs.lastBranch}, and hold it there; the plan chooses it by the GPU`,
    }),
};

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
