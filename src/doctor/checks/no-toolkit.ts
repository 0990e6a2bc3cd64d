import { cudaToolkits } from '../facts/cuda-toolkits.js';
import type { Check } from '../finding.js';
import { clear, found, undetermined } from '../verdicts.js';

export const noToolkit: Check = {
  id: 'cuda/no-toolkit',
  title: 'A CUDA toolkit is installed',
  link: 'toolkit',
  requires: [],
  about:
    'Looks at /usr/local/cuda*, at nvcc in PATH, and at the toolkit’s own version file. Only who compiles CUDA code needs one: frameworks bring the libraries that they run on. So its absence is a note.',
  async examine(facts) {
    const toolkits = await facts.of(cudaToolkits);
    if (!toolkits.known) return undetermined(toolkits.why);
    const lines = toolkits.value.map(({ directory, version }) => `${directory}: ${version ?? 'of unknown version'}`);
    if (lines.length > 0) return clear(`CUDA ${toolkits.value.map(({ version }) => version ?? 'of unknown version').join(', ')}`, ...lines);
    return found({
      severity: 'note',
      summary: 'No CUDA toolkit is installed',
      why: 'Only compiling CUDA code needs one: frameworks bring the libraries that they run on',
      evidence: [`looked at ${toolkits.source}`],
    });
  },
};
