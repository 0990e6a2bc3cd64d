import { hostCompilers } from '../../setup/tables/cuda.js';
import { installCommands } from '../distribution-commands.js';
import { compilers } from '../facts/compilers.js';
import { cudaToolkits } from '../facts/cuda-toolkits.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';
import { compareVersions } from '../versions.js';

export const gccTooNew: Check = {
  id: 'cuda/gcc-too-new',
  title: 'nvcc accepts the gcc that is installed',
  link: 'toolkit',
  requires: ['cuda/no-toolkit', 'build/no-gcc'],
  about:
    'Compares gcc with the newest one that nvcc of the toolkit in PATH accepts: `unsupported GNU version! gcc versions later than … are not supported`.',
  async examine(facts) {
    const [toolkits, tools] = [await facts.of(cudaToolkits), await facts.of(compilers)];
    if (!toolkits.known) return undetermined(toolkits.why);
    if (!tools.known || !tools.value.gcc.known) return undetermined('the version of gcc is not known');
    const gcc = Number.parseInt(tools.value.gcc.value ?? '', 10);
    if (Number.isNaN(gcc)) return notApplicable('there is no gcc of a known version');
    const compiling = toolkits.value.filter(({ nvcc, version }) => nvcc && version);
    const toolkit =
      compiling.find(({ inPath }) => inPath) ?? [...compiling].sort((one, other) => compareVersions(other.version!, one.version!))[0];
    if (!toolkit?.version) return notApplicable('no toolkit with nvcc is installed');
    const { version, directory } = toolkit;
    const newest = hostCompilers.findLast((row) => compareVersions(row.cuda, version) <= 0)?.gcc;
    if (newest === undefined || gcc <= newest) return clear(`nvcc ${version} takes gcc ${gcc}`);
    return found({
      severity: 'warning',
      summary: `nvcc of CUDA ${version} takes gcc up to ${newest}, and gcc here is ${tools.value.gcc.value}`,
      why: 'Compiling ends with `unsupported GNU version!`',
      evidence: [`${directory}: CUDA ${version}`, `gcc --version: ${tools.value.gcc.value}`],
      remedy: {
        summary: `Install gcc ${newest} beside it, and name it to nvcc`,
        commands: [...(await installCommands(facts, { debian: `gcc-${newest} g++-${newest}` })), `nvcc -ccbin gcc-${newest} …`],
        automatic: false,
        needs: ['root', 'network'],
      },
    });
  },
};
