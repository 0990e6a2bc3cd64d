import { posix } from 'node:path';
import type { Host, HostPath } from '../../host/host.js';
import { environmentVariable } from '../environment-variable.js';
import { type Fact, known } from '../fact.js';
import { conda } from './conda.js';
import { programsInPath } from './programs-in-path.js';

export interface PythonInterpreter {
  /** What one would type: in PATH, or in its environment. */
  readonly path: HostPath;
  /** `3.12.3`; `3.12` where only the name says it; undefined where nothing does. */
  readonly version: string | undefined;
  readonly kind: 'system' | 'virtual' | 'conda' | 'pyenv' | 'other';
}

/** `Python 3.12.3`; Python 2 prints it to stderr. */
export function parsePythonVersion(text: string): string | undefined {
  return text.match(/^Python (\d+\.\d+\S*)/m)?.[1];
}

/** Python interpreters in PATH, of pyenv, of conda's environments and of the active virtual environment. */
export const pythons: Fact<readonly PythonInterpreter[]> = {
  name: 'pythons',
  async read(host, facts) {
    const [programs, condas] = [await facts.of(programsInPath), await facts.of(conda)];
    if (!programs.known) return programs;
    const home = await environmentVariable(host, 'HOME');
    const active = await environmentVariable(host, 'VIRTUAL_ENV');
    const environments = condas.known ? (condas.value?.environments ?? []) : [];
    const pyenvRoot = (await environmentVariable(host, 'PYENV_ROOT')) ?? (home && `${home}/.pyenv`);

    const candidates = new Map<HostPath, PythonInterpreter['kind']>();
    const add = (path: string, kind: PythonInterpreter['kind']) => {
      if (!candidates.has(path as HostPath)) candidates.set(path as HostPath, kind);
    };
    if (active) add(`${active}/bin/python`, 'virtual');
    for (const { name, path } of programs.value) {
      if (!/^(python[23]?|python[23]\.\d+|pypy[23]?)$/.test(name)) continue;
      const directory = posix.dirname(path);
      // A shim of pyenv starts bash to find out which interpreter it stands for: those are listed by their folders.
      if (directory.endsWith('/shims') || (active && directory === `${active}/bin`)) continue;
      const environment = environments.find((each) => directory === `${each}/bin`);
      add(path, environment ? 'conda' : /^(\/usr)?\/s?bin$/.test(directory) ? 'system' : 'other');
    }
    for (const environment of environments) add(`${environment}/bin/python`, 'conda');
    const versions = pyenvRoot?.startsWith('/') ? await host.list(`${pyenvRoot}/versions` as HostPath) : undefined;
    if (versions?.outcome === 'entries') for (const version of versions.names) add(`${pyenvRoot}/versions/${version}/bin/python`, 'pyenv');

    const real = await Promise.all([...candidates].map(async ([path, kind]) => ({ path, kind, real: await realFile(host, path) })));
    const looked = await Promise.all(withoutTwins(real).map((each) => look(host, each)));
    return known(
      looked.filter((each) => each !== undefined),
      `${programs.source}, pyenv and conda`,
    );
  },
};

interface Candidate extends Pick<PythonInterpreter, 'path' | 'kind'> {
  readonly real: string;
}

async function look(host: Host, { path, kind, real }: Candidate): Promise<PythonInterpreter | undefined> {
  // pyenv names its folders by what is in them; starting a dozen interpreters would be what a look takes longest for.
  const folder = kind === 'pyenv' ? posix.basename(posix.dirname(posix.dirname(path))) : '';
  if (/^\d+\.\d+\.\d+$/.test(folder) && (await host.stat(real as HostPath)).outcome === 'status') return { path, version: folder, kind };
  const answer = await host.ask({ program: path, args: ['--version'] });
  if (answer.outcome === 'absent') return undefined;
  const told = answer.outcome === 'exited' && answer.code === 0 ? parsePythonVersion(`${answer.stdout}\n${answer.stderr}`) : undefined;
  // Where nothing can be run the name of the file must do: python3 -> python3.12
  const named = posix.basename(real).match(/^python(\d+\.\d+)$/)?.[1];
  if (told === undefined && answer.outcome !== 'unavailable') return undefined;
  return { path, version: told ?? named, kind };
}

/** python, python3 and python3.12 in one folder are one interpreter; a virtual environment's is its own, whatever it links to. */
function withoutTwins(candidates: readonly Candidate[]): readonly Candidate[] {
  const identityOf = ({ path, kind, real }: Candidate) => (kind === 'virtual' ? path : real.replace(/^\/bin\//, '/usr/bin/'));
  return candidates.filter((each, index) => candidates.findIndex((other) => identityOf(other) === identityOf(each)) === index);
}

async function realFile(host: Host, path: HostPath): Promise<string> {
  let real: HostPath = path;
  for (let links = 0; links < 8; links++) {
    const link = await host.readLink(real);
    if (link.outcome !== 'link') return real;
    real = posix.resolve(posix.dirname(real), link.target) as HostPath;
  }
  return real;
}
