import { cudaToolkits } from '../facts/cuda-toolkits.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';
import { compareVersions } from '../versions.js';

export const nvccNotInPath: Check = {
  id: 'cuda/nvcc-not-in-path',
  title: 'The newest CUDA toolkit is the one in PATH',
  link: 'toolkit',
  requires: ['cuda/no-toolkit'],
  about: 'Looks which toolkit’s nvcc a shell finds first. None or an older one is what builds stumble over that only call `nvcc`.',
  async examine(facts) {
    const toolkits = await facts.of(cudaToolkits);
    if (!toolkits.known) return undetermined(toolkits.why);
    const compiling = toolkits.value.filter(({ nvcc }) => nvcc);
    const [newest] = [...compiling].sort((one, other) => compareVersions(other.version ?? '', one.version ?? ''));
    if (!newest) return notApplicable('no toolkit with nvcc is installed');
    const first = compiling.find(({ inPath }) => inPath);
    if (first && compareVersions(first.version ?? '', newest.version ?? '') === 0) return clear(`nvcc is that of ${first.directory}`);
    return found({
      severity: 'note',
      summary: first ? `nvcc in PATH is that of ${first.directory}, and ${newest.directory} is newer` : 'nvcc is not in PATH',
      why: 'Builds that call `nvcc` without a path use the one in PATH',
      evidence: compiling.map(
        ({ directory, version, inPath }) => `${directory}: ${version ?? 'of unknown version'}${inPath ? ', in PATH' : ''}`,
      ),
      remedy: {
        summary: 'Put the one that you mean first',
        commands: [`export PATH=${newest.directory}/bin:$PATH`],
        automatic: false,
        needs: [],
      },
    });
  },
};
