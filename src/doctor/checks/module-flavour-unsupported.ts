import type { Check } from '../finding.js';
import { installedDriver } from '../requirements.js';
import { unsupportedVerdict } from '../unsupported-gpus.js';

export const moduleFlavourUnsupported: Check = {
  id: 'driver/module-flavour-unsupported',
  title: 'The module is of the flavour that the GPU needs',
  link: 'module',
  requires: [...installedDriver, 'driver/gpu-dropped-by-branch', 'driver/gpu-newer-than-branch'],
  about:
    'The open module needs the GPU’s system processor (GSP), which begins with Turing: on Maxwell, Pascal and Volta it says `not supported by open`. Blackwell and Grace Hopper work with the open module alone.',
  examine: (facts) =>
    unsupportedVerdict(facts, ['open-without-gsp', 'proprietary-refused'], {
      clear: 'The flavour suits every GPU',
      summary: ({ needs, address }, { version, flavour }) =>
        `The ${flavour} module of nvidia ${version} does not drive ${address} (${needs.architecture})`,
      why: 'Each flavour drives its own generations: the open one those with a system processor, the proprietary one those before Blackwell',
      cure: ({ needs }) => `Install the ${needs.open ? 'open' : 'proprietary'} flavour; the plan chooses it by the GPU`,
    }),
};
