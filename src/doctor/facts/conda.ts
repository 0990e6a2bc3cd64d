import { posix } from 'node:path';
import type { HostPath } from '../../host/host.js';
import { environmentVariable } from '../environment-variable.js';
import { type Fact, known } from '../fact.js';
import { programsInPath } from './programs-in-path.js';

/** A conda, mamba or micromamba installation; null where there is none. */
export type Conda = {
  /** Undefined of a micromamba that is a program alone. */
  readonly root: HostPath | undefined;
  readonly program: HostPath | undefined;
  readonly environments: readonly HostPath[];
} | null;

const likelyRoots = ['miniconda3', 'anaconda3', 'miniforge3', 'mambaforge', 'miniconda', 'anaconda', 'micromamba'];

/** Conda by its folders, without starting it: that takes a second. */
export const conda: Fact<Conda> = {
  name: 'conda',
  async read(host, facts) {
    const programs = await facts.of(programsInPath);
    const program = programs.known ? programs.value.find(({ name }) => /^(conda|mamba|micromamba)$/.test(name))?.path : undefined;
    const home = await environmentVariable(host, 'HOME');
    const exe = await environmentVariable(host, 'CONDA_EXE');
    const candidates = [
      exe && posix.dirname(posix.dirname(exe)),
      program && posix.dirname(posix.dirname(program)),
      ...likelyRoots.flatMap((name) => [home && `${home}/${name}`, `/opt/${name}`, `/root/${name}`]),
      '/opt/conda',
    ];
    const environments = new Set<HostPath>();
    let root: HostPath | undefined;
    for (const candidate of new Set(candidates)) {
      if (!candidate?.startsWith('/')) continue;
      const meta = await host.list(`${candidate}/conda-meta` as HostPath);
      if (meta.outcome !== 'entries') continue;
      root ??= candidate as HostPath;
      environments.add(candidate as HostPath);
      const envs = await host.list(`${candidate}/envs` as HostPath);
      if (envs.outcome === 'entries') {
        for (const name of envs.names.filter((each) => !each.startsWith('.'))) environments.add(`${candidate}/envs/${name}` as HostPath);
      }
    }
    // Conda notes every environment that it made, wherever it lies.
    const noted = home ? await host.read(`${home}/.conda/environments.txt` as HostPath) : undefined;
    if (noted?.outcome === 'text') {
      for (const line of noted.text.split('\n').map((each) => each.trim())) {
        if (line.startsWith('/') && (await host.list(`${line}/conda-meta` as HostPath)).outcome === 'entries')
          environments.add(line as HostPath);
      }
    }
    return known(
      root || program || environments.size > 0 ? { root, program, environments: [...environments] } : null,
      'PATH and the usual folders',
    );
  },
};
