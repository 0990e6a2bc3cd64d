import { gpuNeeds } from '../facts/gpu-needs.js';
import { type FoundFramework, pythonPackages } from '../facts/python-packages.js';
import type { Check } from '../finding.js';
import { architecturesOf } from '../framework-architectures.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const frameworkLacksGpuCode: Check = {
  id: 'python/framework-lacks-gpu-code',
  title: 'The frameworks have code for the GPU',
  link: 'framework',
  requires: ['host/no-nvidia-gpu'],
  about:
    'Compares the GPU’s architecture with those that PyTorch’s and TensorFlow’s wheels were compiled for: `no kernel image is available for execution on the device`, or a first start of half an hour while TensorFlow compiles.',
  async examine(facts) {
    const [frameworks, gpus] = [await facts.of(pythonPackages), await facts.of(gpuNeeds)];
    if (!frameworks.known) return undetermined(frameworks.why);
    if (!gpus.known) return undetermined(gpus.why);
    const architectures = [...new Set(gpus.value.map(({ needs }) => needs.architecture))];
    const judged = frameworks.value.flatMap((framework) => {
      const range = architecturesOf(framework);
      return range ? [{ framework, range }] : [];
    });
    if (judged.length === 0 || architectures.length === 0) return notApplicable('no framework was found whose wheels are in our table');
    const lacking = judged.flatMap(({ framework, range }) =>
      architectures.filter((name) => !range.includes(name)).map((name) => ({ framework, name })),
    );
    if (lacking.length === 0) return clear('They have', ...judged.map(({ framework }) => lineOf(framework)));
    return found({
      severity: 'warning',
      summary: `${lacking[0]!.framework.name} ${lacking[0]!.framework.version} has no code for ${lacking[0]!.name}`,
      why: 'Its kernels do not start on this GPU, or are compiled at the first start, for half an hour and more',
      evidence: lacking.map(({ framework, name }) => `${lineOf(framework)}: none for ${name}`),
      remedy: {
        summary: 'Install a build whose architectures reach to this GPU: of PyTorch CUDA 12.8 for Blackwell, 12.6 for Maxwell to Volta',
        commands: [],
        automatic: false,
        needs: ['network'],
      },
    });
  },
};

const lineOf = ({ folder, name, version, cuda }: FoundFramework) => `${folder}: ${name} ${version}${cuda ? `, CUDA ${cuda}` : ''}`;
