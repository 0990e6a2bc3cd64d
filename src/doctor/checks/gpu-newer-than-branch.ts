import type { Check } from '../finding.js';
import { installedDriver } from '../requirements.js';
import { unsupportedVerdict } from '../unsupported-gpus.js';

export const gpuNewerThanBranch: Check = {
  id: 'driver/gpu-newer-than-branch',
  title: 'The driver’s branch knows the GPU already',
  link: 'module',
  requires: [...installedDriver, 'driver/gpu-dropped-by-branch'],
  about:
    'Compares the branch with the first one that knows the GPU’s chip. An older one says `not supported by the NVIDIA … driver release` and leaves it alone.',
  examine: (facts) =>
    unsupportedVerdict(facts, ['too-new'], {
      clear: 'No GPU is too new for the driver',
      summary: ({ needs, address }, { version }) =>
        `nvidia ${version} is older than ${address}: its chip needs branch ${needs.firstBranch} or later`,
      why: 'A driver takes only the chips that it knew when it was made',
      cure: ({ needs }) => `Install branch ${needs.firstBranch} or later; the plan chooses one by the GPU`,
    }),
};
