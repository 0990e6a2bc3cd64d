import { posix } from 'node:path';
import type { Host, HostPath } from '../../host/host.js';
import { environmentVariable } from '../environment-variable.js';
import { type Fact, known } from '../fact.js';
import { pythons } from './pythons.js';

/** A framework in one folder of Python packages. */
export interface FoundFramework {
  readonly name: 'torch' | 'tensorflow' | 'jax';
  /** `2.9.1`, without the build's tag. */
  readonly version: string;
  /** The CUDA that it was built with, `12.8`; null of a build without CUDA, undefined where nothing says it. */
  readonly cuda: string | null | undefined;
  readonly folder: HostPath;
  /** The packages of NVIDIA's libraries beside it: `nvidia_cudnn_cu12`. */
  readonly libraries: readonly string[];
  /** The cuDNN and the NCCL among them, `9.1.0.70` and `2.21.5`; undefined where there is none. */
  readonly cudnn: string | undefined;
  readonly nccl: string | undefined;
}

/** `torch-2.9.1+cu128.dist-info` is { name: 'torch', version: '2.9.1', tag: 'cu128' } */
export function parseDistInfo(name: string): { name: string; version: string; tag: string | undefined } | undefined {
  const [, project, version, tag] = name.match(/^([\w.-]+?)-(\d[^+-]*)(?:\+([\w.]+))?\.(?:dist|egg)-info$/) ?? [];
  return project && version ? { name: project.toLowerCase().replaceAll('-', '_'), version, tag } : undefined;
}

/** `cu128` is 12.8, `cu92` is 9.2; `cpu` is none; other tags say nothing. */
export function cudaOfTag(tag: string | undefined): string | null | undefined {
  if (tag === undefined) return undefined;
  if (/^cpu/.test(tag)) return null;
  const [, major, minor] = tag.match(/^cu(\d+)(\d)$/) ?? [];
  return major ? `${major}.${minor}` : undefined;
}

/** torch/version.py says `cuda: Optional[str] = '12.8'`, or `= None` of a build without. */
export function parseTorchVersion(text: string): string | null | undefined {
  const [, value] = text.match(/^cuda\b[^=\n]*=\s*(None|'[\d.]+'|"[\d.]+")/m) ?? [];
  return value === undefined ? undefined : value === 'None' ? null : value.slice(1, -1);
}

/** PyTorch, TensorFlow and JAX in the environments of every interpreter found, by their folders: nothing is imported or started. */
export const pythonPackages: Fact<readonly FoundFramework[]> = {
  name: 'pythonPackages',
  async read(host, facts) {
    const interpreters = await facts.of(pythons);
    if (!interpreters.known) return interpreters;
    const home = await environmentVariable(host, 'HOME');
    const roots = new Set<HostPath>();
    for (const { path } of interpreters.value) roots.add(posix.dirname(posix.dirname(path)) as HostPath);
    if (home?.startsWith('/')) roots.add(`${home}/.local` as HostPath);
    roots.add('/usr/local');
    const folders = new Set((await Promise.all([...roots].map((root) => packageFolders(host, root)))).flat());
    const found = await Promise.all([...folders].map((folder) => look(host, folder)));
    return known(found.flat(), 'the folders of Python packages');
  },
};

async function packageFolders(host: Host, root: HostPath): Promise<readonly HostPath[]> {
  const lib = await host.list(`${root}/lib` as HostPath);
  const versions = lib.outcome === 'entries' ? lib.names.filter((name) => /^python3(\.\d+)?$/.test(name)) : [];
  return versions.flatMap((name) => [`${root}/lib/${name}/site-packages`, `${root}/lib/${name}/dist-packages`] as HostPath[]);
}

async function look(host: Host, folder: HostPath): Promise<readonly FoundFramework[]> {
  const listing = await host.list(folder);
  if (listing.outcome !== 'entries') return [];
  const projects = listing.names.flatMap((name) => parseDistInfo(name) ?? []);
  const libraries = projects.map(({ name }) => name).filter((name) => /^(nvidia|jax_cuda)/.test(name));
  const wheel = (prefix: string) => projects.find(({ name }) => new RegExp(`^nvidia_${prefix}(_cu\\d+)?$`).test(name))?.version;
  const beside = { folder, libraries, cudnn: wheel('cudnn'), nccl: wheel('nccl') };
  const found: FoundFramework[] = [];
  for (const { name, version, tag } of projects) {
    if (name === 'torch') found.push({ name, version, cuda: await torchCuda(host, folder, tag), ...beside });
    if (name === 'tensorflow' || name === 'tensorflow_gpu') found.push({ name: 'tensorflow', version, cuda: undefined, ...beside });
    if (name === 'tensorflow_cpu') found.push({ name: 'tensorflow', version, cuda: null, ...beside });
    if (name === 'jaxlib') found.push({ name: 'jax', version, cuda: jaxCuda(projects), ...beside });
  }
  return found;
}

async function torchCuda(host: Host, folder: HostPath, tag: string | undefined): Promise<string | null | undefined> {
  const answer = await host.read(`${folder}/torch/version.py` as HostPath);
  const told = answer.outcome === 'text' ? parseTorchVersion(answer.text) : undefined;
  return told === undefined ? cudaOfTag(tag) : told;
}

/** JAX has its GPU half in a package of its own: `jax_cuda12_plugin`. */
function jaxCuda(projects: readonly { name: string }[]): string | null {
  const [major] = projects.flatMap(({ name }) => name.match(/^jax_cuda(\d+)_plugin$/)?.[1] ?? []);
  return major ? `${major}.0` : null;
}
