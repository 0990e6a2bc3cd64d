import { cudaLibraries } from '../facts/cuda-libraries.js';
import { pythonPackages } from '../facts/python-packages.js';
import type { Check } from '../finding.js';
import { runningDriver } from '../requirements.js';
import { shadowOf } from '../shadowed-library.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const ncclShadowed: Check = {
  id: 'python/nccl-shadowed',
  title: 'No older NCCL comes before the one of a framework',
  link: 'framework',
  requires: runningDriver,
  about:
    'Compares the NCCL in LD_LIBRARY_PATH with the wheel that lies beside a framework. An older one is loaded in its place: `undefined symbol: nccl…` at the import, or a training on several GPUs that hangs.',
  async examine(facts) {
    const frameworks = await facts.of(pythonPackages);
    if (!frameworks.known) return undetermined(frameworks.why);
    const wanting = frameworks.value.flatMap((framework) => (framework.nccl ? [{ ...framework, nccl: framework.nccl }] : []));
    if (wanting.length === 0) return notApplicable('no framework with an NCCL of its own was found');
    const libraries = await facts.of(cudaLibraries);
    if (!libraries.known) return undetermined(libraries.why);
    const wrong = wanting.flatMap((each) => {
      const shadow = shadowOf(libraries.value, { library: 'nccl', built: each.nccl, beside: true });
      return shadow ? [{ ...each, shadow }] : [];
    });
    const [first] = wrong;
    if (!first) return clear('None does', ...wanting.map(({ folder, name, nccl }) => `${folder}: ${name}, NCCL ${nccl}`));
    return found({
      severity: 'warning',
      summary: `${first.name} ${first.version} brings NCCL ${first.nccl} and gets ${first.shadow.version}`,
      why: 'LD_LIBRARY_PATH comes first: the import ends with `undefined symbol: nccl…`, or several GPUs wait for each other',
      evidence: wrong.flatMap(({ folder, name, nccl, shadow }) => [`${folder}: ${name}, NCCL ${nccl}`, `${shadow.where}: ${shadow.path}`]),
      remedy: { summary: `Take the folder of ${first.shadow.path} out of LD_LIBRARY_PATH`, commands: [], automatic: false, needs: [] },
    });
  },
};
