import { posix } from 'node:path';
import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known, unknown } from '../fact.js';
import { programsInPath } from './programs-in-path.js';

export interface CudaToolkit {
  readonly directory: HostPath;
  /** `12.4.1`, or `12.4` of nvcc; undefined where neither a file nor nvcc says it. */
  readonly version: string | undefined;
  readonly nvcc: boolean;
  /** Whether a shell finds this one's nvcc first. */
  readonly inPath: boolean;
}

/** version.json of 11.1 and later has `"cuda" : {"name" : "CUDA SDK", "version" : "12.4.1"}`; version.txt before has `CUDA Version 10.1.243`. */
export function parseToolkitVersion(text: string): string | undefined {
  return text.match(/"cuda"\s*:\s*\{[^}]*"version"\s*:\s*"([\d.]+)"/)?.[1] ?? text.match(/^CUDA Version ([\d.]+)/m)?.[1];
}

/** `Cuda compilation tools, release 12.4, V12.4.131` */
export function parseNvccVersion(text: string): string | undefined {
  return text.match(/release (\d+\.\d+)/)?.[1];
}

/** Every CUDA toolkit: /usr/local/cuda*, Arch's in /opt/cuda, the distribution's in /usr, and whatever nvcc in PATH belongs to. */
export const cudaToolkits: Fact<readonly CudaToolkit[]> = {
  name: 'cudaToolkits',
  async read(host, facts) {
    const local = await host.list('/usr/local');
    const programs = await facts.of(programsInPath);
    if (local.outcome === 'unavailable' && !programs.known) return unknown(`/usr/local: ${local.why}`);
    const names = local.outcome === 'entries' ? local.names.filter((name) => /^cuda(-\d+(\.\d+)*)?$/.test(name)) : [];
    const first = programs.known ? programs.value.find(({ name }) => name === 'nvcc')?.path : undefined;
    const home = first && (await homeOf(host, first));

    const directories = new Set<HostPath>();
    for (const name of names) directories.add(await realDirectory(host, `/usr/local/${name}`));
    directories.add(await realDirectory(host, '/opt/cuda'));
    if (home) directories.add(home);
    const toolkits: CudaToolkit[] = [];
    for (const directory of directories) {
      const toolkit = await look(host, directory);
      if (toolkit.version !== undefined || toolkit.nvcc) toolkits.push({ ...toolkit, inPath: directory === home });
    }
    return known(toolkits, '/usr/local/cuda*, /opt/cuda and nvcc in PATH');
  },
};

async function look(host: Host, directory: HostPath): Promise<Omit<CudaToolkit, 'inPath'>> {
  const bin = await host.list(`${directory}/bin` as HostPath);
  const nvcc = bin.outcome === 'entries' && bin.names.includes('nvcc');
  for (const name of ['version.json', 'version.txt']) {
    const answer = await host.read(`${directory}/${name}` as HostPath);
    const version = answer.outcome === 'text' ? parseToolkitVersion(answer.text) : undefined;
    if (version) return { directory, version, nvcc };
  }
  const answer = nvcc ? await host.ask({ program: `${directory}/bin/nvcc`, args: ['--version'] }) : undefined;
  return { directory, version: answer?.outcome === 'exited' ? parseNvccVersion(answer.stdout) : undefined, nvcc };
}

/** The toolkit that an nvcc in PATH belongs to: past its link, or past the shell script that only calls it. */
async function homeOf(host: Host, nvcc: HostPath): Promise<HostPath> {
  let path = nvcc;
  for (let links = 0; links < 8; links++) {
    const link = await host.readLink(path);
    if (link.outcome !== 'link') break;
    path = posix.resolve(posix.dirname(path), link.target) as HostPath;
  }
  const home = posix.dirname(posix.dirname(path)) as HostPath;
  const bin = await host.list(`${home}/nvvm` as HostPath);
  if (bin.outcome === 'entries') return realDirectory(host, home);
  const status = await host.stat(path);
  const script = status.outcome === 'status' && status.kind === 'file' ? await calledBy(host, path) : undefined;
  return realDirectory(host, script ? posix.dirname(posix.dirname(script)) : home);
}

/** `nvcc --dryrun` would do as well and compile a file; a wrapper names its nvcc: `exec /usr/local/cuda-13.0/bin/nvcc "$@"`. */
async function calledBy(host: Host, path: HostPath): Promise<string | undefined> {
  const answer = await host.read(path, 'latin1');
  if (answer.outcome !== 'text' || !answer.text.startsWith('#!')) return undefined;
  return answer.text.match(/(\/\S+\/bin\/nvcc)\b/)?.[1];
}

async function realDirectory(host: Host, directory: string): Promise<HostPath> {
  const link = await host.readLink(directory as HostPath);
  if (link.outcome !== 'link') return directory as HostPath;
  const target = posix.resolve(posix.dirname(directory), link.target);
  // Debian's alternatives put a link between: /usr/local/cuda -> /etc/alternatives/cuda -> /usr/local/cuda-12.4
  return target.startsWith('/etc/alternatives/') ? realDirectory(host, target) : (target as HostPath);
}
