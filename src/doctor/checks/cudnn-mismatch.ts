import { cudaLibraries } from '../facts/cuda-libraries.js';
import { pythonPackages } from '../facts/python-packages.js';
import type { Check } from '../finding.js';
import { runningDriver } from '../requirements.js';
import { shadowOf } from '../shadowed-library.js';
import { cudnnOf } from '../tensorflow-sonames.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const cudnnMismatch: Check = {
  id: 'python/cudnn-mismatch',
  title: 'Frameworks find a cuDNN that is new enough',
  link: 'framework',
  requires: runningDriver,
  about:
    'Compares the cuDNN that comes first in LD_LIBRARY_PATH, ld.so.conf and the system’s folders with the one that TensorFlow’s release or the wheel beside a framework was built with. An older minor version ends with `Loaded runtime CuDNN library: … but source was compiled with: …`.',
  async examine(facts) {
    const frameworks = await facts.of(pythonPackages);
    if (!frameworks.known) return undetermined(frameworks.why);
    const wanting = frameworks.value.flatMap((framework) => {
      const built =
        framework.cudnn ?? (framework.name === 'tensorflow' && framework.cuda !== null ? cudnnOf(framework.version) : undefined);
      return built ? [{ ...framework, built, beside: framework.cudnn !== undefined }] : [];
    });
    if (wanting.length === 0) return notApplicable('no framework was found whose cuDNN is known');
    const libraries = await facts.of(cudaLibraries);
    if (!libraries.known) return undetermined(libraries.why);
    const wrong = wanting.flatMap((each) => {
      const shadow = shadowOf(libraries.value, { library: 'cudnn', built: each.built, beside: each.beside });
      return shadow ? [{ ...each, shadow }] : [];
    });
    const [first] = wrong;
    if (!first)
      return clear('They do', ...wanting.map(({ folder, name, version, built }) => `${folder}: ${name} ${version}, cuDNN ${built}`));
    return found({
      severity: 'warning',
      summary: `${first.name} ${first.version} was built with cuDNN ${first.built} and gets ${first.shadow.version}`,
      why: 'It needs the same major and an equal or higher minor version: the first convolution ends with an error',
      evidence: wrong.flatMap(({ folder, name, version, built, shadow }) => [
        `${folder}: ${name} ${version}, cuDNN ${built}`,
        `${shadow.where}: ${shadow.path}`,
      ]),
      remedy: {
        summary: `Take ${first.shadow.path} out of the loader’s path, or bring it to ${first.built}`,
        commands: [],
        automatic: false,
        needs: [],
      },
    });
  },
};
