import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Environment } from '../settings.js';

/** Interpreters in `env` that may have TensorFlow: of an active environment first, then those in PATH, then where conda is usually put. */
export async function pythonCandidates(env: Environment): Promise<readonly string[]> {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const places = [
    ...[env.VIRTUAL_ENV, env.CONDA_PREFIX]
      .filter((prefix) => prefix !== undefined && prefix !== '')
      .map((prefix) => join(prefix!, 'bin/python')),
    ...['python3', 'python', ...versions].flatMap((name) => folders.map((folder) => join(folder, name))),
    ...condaPrefixes(env.HOME).map((prefix) => join(prefix, 'bin/python')),
  ];
  const found = await Promise.all([...new Set(places)].map(async (place) => ((await isExecutable(place)) ? place : undefined)));
  return found.filter((place) => place !== undefined);
}

/** The names Debian, Ubuntu and deadsnakes give; newest first. */
const versions = ['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.9'];

const condaPrefixes = (home: string | undefined) => [
  '/opt/conda',
  '/opt/miniconda3',
  ...(home ? ['miniconda3', 'miniforge3', 'anaconda3', 'mambaforge'].map((name) => join(home, name)) : []),
];

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
