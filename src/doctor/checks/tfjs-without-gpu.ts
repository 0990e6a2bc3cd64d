import { machine } from '../facts/machine.js';
import { tfjsAddons } from '../facts/tfjs-addons.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const tfjsWithoutGpu: Check = {
  id: 'node/tfjs-without-gpu',
  title: 'TensorFlow.js’ binding for GPUs is made for this processor',
  link: 'framework',
  requires: ['host/no-nvidia-gpu'],
  about:
    'Where @tensorflow/tfjs-node-gpu is installed, asks for the processor. Its prebuilt halves are for x86_64 alone: on arm64 it gets a TensorFlow for the CPU without a word, or ends its installation with `response status 404 Not Found`.',
  async examine(facts) {
    const addons = await facts.of(tfjsAddons);
    if (!addons.known) return undetermined(addons.why);
    const concerned = addons.value.filter(({ name }) => name === 'tfjs-node-gpu');
    if (concerned.length === 0) return notApplicable('@tensorflow/tfjs-node-gpu is not installed');
    const processor = await facts.of(machine);
    if (!processor.known) return undetermined(processor.why);
    if (processor.value === 'x86_64') return clear('It is for x86_64', processor.source);
    return found({
      severity: 'warning',
      summary: `@tensorflow/tfjs-node-gpu has no build for ${processor.value}`,
      why: 'There is no prebuilt half with CUDA for it: what is installed computes on the CPU, or was not installed at all',
      evidence: [
        ...concerned.map(({ folder, version }) => `${folder}: ${version ?? 'of unknown version'}`),
        `${processor.source}: ${processor.value}`,
      ],
      remedy: {
        summary: 'Train on an engine of gpu-setup, which is built against the PyTorch or TensorFlow of this machine',
        commands: ['gpu-setup engine install torch'],
        automatic: true,
        needs: ['network'],
      },
    });
  },
};
