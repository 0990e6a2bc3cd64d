import { computeCapabilities } from '../../setup/tables/cuda.js';
import { cudaToolkits } from '../facts/cuda-toolkits.js';
import { gpuNeeds } from '../facts/gpu-needs.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';
import { compareVersions } from '../versions.js';

export const toolkitLacksGpu: Check = {
  id: 'cuda/toolkit-lacks-gpu',
  title: 'The CUDA toolkit compiles for the GPU',
  link: 'toolkit',
  requires: ['host/no-nvidia-gpu', 'cuda/no-toolkit'],
  about:
    'Compares each toolkit with those that compile for the GPU’s architecture: CUDA 13 has dropped Maxwell, Pascal and Volta, and a toolkit older than the GPU does not know it (`Unsupported gpu architecture`).',
  async examine(facts) {
    const [toolkits, gpus] = [await facts.of(cudaToolkits), await facts.of(gpuNeeds)];
    if (!toolkits.known) return undetermined(toolkits.why);
    if (!gpus.known) return undetermined(gpus.why);
    const compiling = toolkits.value.flatMap(({ directory, version, nvcc }) => (nvcc && version ? [{ directory, version }] : []));
    if (compiling.length === 0) return notApplicable('no toolkit with nvcc is installed');
    const names = [...new Set(gpus.value.map(({ needs }) => needs.architecture))].filter((name) =>
      computeCapabilities.some(({ architecture }) => architecture === name),
    );
    if (names.length === 0) return notApplicable('no GPU here is in our table');
    const lacking = names.flatMap((name) =>
      compiling.filter(({ version }) => !compilesFor(version, name)).map((toolkit) => ({ ...toolkit, name })),
    );
    const useless = names.filter((name) => compiling.every(({ version }) => !compilesFor(version, name)));
    if (useless.length === 0)
      return clear('A toolkit compiles for every GPU', ...compiling.map(({ directory, version }) => `${directory}: ${version}`));
    return found({
      severity: 'warning',
      summary: `No installed toolkit compiles for ${useless.join(' and ')}`,
      why: 'nvcc ends with `Unsupported gpu architecture`, or its programs have no code for the GPU',
      evidence: lacking.map(({ directory, version, name }) => `${directory}: CUDA ${version}, ${rangeOf(name)}`),
      remedy: {
        summary: `Install a toolkit for it: ${useless.map(rangeOf).join('; ')}`,
        commands: [],
        automatic: false,
        needs: ['root', 'network'],
      },
    });
  },
};

/** Whether a toolkit compiles for any capability of an architecture. */
const compilesFor = (cuda: string, name: string) =>
  rowsOf(name).some(({ first, last }) => compareVersions(cuda, first) >= 0 && (last === null || compareVersions(minorOf(cuda), last) <= 0));

const rowsOf = (name: string) => computeCapabilities.filter(({ architecture }) => architecture === name);
const minorOf = (cuda: string) => cuda.split('.').slice(0, 2).join('.');

function rangeOf(name: string): string {
  const rows = rowsOf(name);
  const [first] = rows.map((row) => row.first).sort(compareVersions);
  const last = rows.some((row) => row.last === null)
    ? null
    : rows
        .map((row) => row.last!)
        .sort(compareVersions)
        .at(-1);
  return `${name} needs CUDA ${first} ${last === null ? 'or later' : `to ${last}`}`;
}
