import { counted } from '../counted.js';
import { conda } from '../facts/conda.js';
import { pythons } from '../facts/pythons.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const condaBroken: Check = {
  id: 'python/conda-broken',
  title: 'Conda, where it is installed, has its Python',
  link: 'framework',
  requires: [],
  about:
    'Lists conda’s environments by their folders, without starting conda. A base environment whose Python does not start makes every `conda` command fail. Not applicable where there is no conda.',
  async examine(facts) {
    const [condas, interpreters] = [await facts.of(conda), await facts.of(pythons)];
    if (!condas.known) return undetermined(condas.why);
    if (condas.value === null) return notApplicable('conda is not installed');
    const { root, program, environments } = condas.value;
    const lines = environments.map((path) => (path === root ? `${path} (base)` : path));
    if (!root) return clear(`${program ?? 'conda'}, without a base environment`, ...lines);
    if (!interpreters.known) return undetermined(interpreters.why);
    // micromamba's root has no Python, and needs none.
    if (
      program?.endsWith('/micromamba') ||
      interpreters.value.some(({ path, kind }) => kind === 'conda' && path.startsWith(`${root}/bin/`))
    ) {
      return clear(counted(environments.length, 'conda environment'), ...lines);
    }
    return found({
      severity: 'warning',
      summary: `The base environment ${root} has no Python that starts`,
      why: 'conda is a Python program: none of its commands works without it',
      evidence: [`${root}/bin/python --version gives no version`],
      remedy: { summary: 'Install conda anew over it; its environments stay', commands: [], automatic: false, needs: ['network'] },
    });
  },
};
