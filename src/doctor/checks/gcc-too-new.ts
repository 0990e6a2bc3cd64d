import { hostCompilers } from '../../setup/tables/cuda.js';
import { installCommands } from '../distribution-commands.js';
import { environmentVariable } from '../environment-variable.js';
import { compilers } from '../facts/compilers.js';
import { cudaToolkits } from '../facts/cuda-toolkits.js';
import { programsInPath } from '../facts/programs-in-path.js';
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
    const told = await environmentVariable(facts.host, 'NVCC_CCBIN');
    if (told) return clear(`nvcc ${version} is told to take ${told}`, 'NVCC_CCBIN');
    const programs = await facts.of(programsInPath);
    const other = programs.known ? programs.value.find(({ name }) => Number(name.match(/^g\+\+-(\d+)$/)?.[1] ?? 99) <= newest) : undefined;
    return found({
      severity: other ? 'note' : 'warning',
      summary: `nvcc of CUDA ${version} takes gcc up to ${newest}, and gcc here is ${tools.value.gcc.value}`,
      why: other
        ? `Compiling ends with \`unsupported GNU version!\` unless nvcc is told to take ${other.path}`
        : 'Compiling ends with `unsupported GNU version!`',
      evidence: [`${directory}: CUDA ${version}`, `gcc --version: ${tools.value.gcc.value}`, ...(other ? [other.path] : [])],
      remedy: {
        summary: other ? 'Name the other one to nvcc' : `Install gcc ${newest} beside it, and name it to nvcc`,
        commands: other
          ? [`export NVCC_CCBIN=${other.path}`]
          : [...(await installCommands(facts, { debian: `gcc-${newest} g++-${newest}` })), `nvcc -ccbin gcc-${newest} …`],
        automatic: false,
        needs: other ? [] : ['root', 'network'],
      },
    });
  },
};
