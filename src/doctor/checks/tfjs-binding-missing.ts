import { tfjsAddons } from '../facts/tfjs-addons.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const tfjsBindingMissing: Check = {
  id: 'node/tfjs-binding-missing',
  title: 'TensorFlow.js for Node.js has its compiled half',
  link: 'framework',
  requires: [],
  about:
    'Where @tensorflow/tfjs-node or tfjs-node-gpu is installed for everybody or in the home folder, looks for its tfjs_binding.node. npm without install scripts (`--ignore-scripts`, pnpm before `approve-builds`) leaves it out: `Cannot find module … tfjs_binding.node`.',
  async examine(facts) {
    const addons = await facts.of(tfjsAddons);
    if (!addons.known) return undetermined(addons.why);
    if (addons.value.length === 0) return notApplicable('@tensorflow/tfjs-node is not installed');
    const without = addons.value.filter(({ binding }) => binding === null);
    if (without.length === 0) return clear('It has', ...addons.value.map(({ binding }) => binding!));
    return found({
      severity: 'warning',
      summary: `@tensorflow/${without[0]!.name} was installed without its compiled half`,
      why: 'Whoever loads it ends with `Cannot find module`: nothing trains on TensorFlow.js’ own binding',
      evidence: without.map(({ folder }) => `no tfjs_binding.node in ${folder}/lib/napi-v…`),
      remedy: {
        summary: 'Let its install script run; the engine `torch` or `tensorflow` of gpu-setup needs neither',
        commands: without.map(
          ({ name, folder }) => `npm rebuild --prefix ${folder.replace(/\/node_modules\/.*$/, '')} @tensorflow/${name}`,
        ),
        automatic: false,
        needs: ['network'],
      },
    });
  },
};
