import { pythonPackages } from '../facts/python-packages.js';
import type { Check } from '../finding.js';
import { runningDriver } from '../requirements.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const frameworkWithoutCuda: Check = {
  id: 'python/framework-without-cuda',
  title: 'The frameworks were built with CUDA',
  link: 'framework',
  requires: runningDriver,
  about:
    'Reads from their folders whether PyTorch, TensorFlow and JAX were built with CUDA. pip and conda take a build for the CPU where they see no GPU (a login node, an image that is built), and say nothing. It may be meant, so it is a note.',
  async examine(facts) {
    const frameworks = await facts.of(pythonPackages);
    if (!frameworks.known) return undetermined(frameworks.why);
    if (frameworks.value.length === 0) return notApplicable('no framework was found');
    const without = frameworks.value.filter(({ cuda }) => cuda === null);
    const lines = frameworks.value.map(
      ({ folder, name, version, cuda }) =>
        `${folder}: ${name} ${version}, ${cuda === null ? 'without CUDA' : cuda ? `CUDA ${cuda}` : 'CUDA unknown'}`,
    );
    if (without.length === 0) return clear('None is for the CPU alone', ...lines);
    return found({
      severity: 'note',
      summary: `${without.map(({ name, version }) => `${name} ${version}`).join(', ')} ${without.length === 1 ? 'was' : 'were'} built without CUDA`,
      why: 'It runs on the CPU alone, whatever the driver does',
      evidence: lines,
      remedy: {
        summary: 'Where it was meant for the GPU, install the build with CUDA in its place',
        commands: [],
        automatic: false,
        needs: ['network'],
      },
    });
  },
};
