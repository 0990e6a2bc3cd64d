import type { Host, HostPath } from '../../host/host.js';
import { environmentVariable } from '../environment-variable.js';
import { type Fact, known } from '../fact.js';

export interface LoaderDirectory {
  readonly directory: string;
  /** `/etc/ld.so.conf.d/cuda.conf:1` or `LD_LIBRARY_PATH` */
  readonly where: string;
}

/** A folder on each line; `include` lines are followed by who reads, `#` begins a comment: `/usr/local/cuda/lib64 # by hand` */
export function parseLoaderFile(text: string, file: string): readonly LoaderDirectory[] {
  return text.split('\n').flatMap((line, index) => {
    const directory = line.replace(/#.*/, '').trim();
    return directory.startsWith('/') ? [{ directory, where: `${file}:${index + 1}` }] : [];
  });
}

/** The folders that the loader searches beyond the system's own, first come first served: LD_LIBRARY_PATH, then ld.so.conf. */
export const loaderDirectories: Fact<readonly LoaderDirectory[]> = {
  name: 'loaderDirectories',
  async read(host) {
    const asked = (await environmentVariable(host, 'LD_LIBRARY_PATH')) ?? '';
    const first = asked.split(':').filter((each) => each.startsWith('/'));
    return known(
      [...first.map((directory) => ({ directory, where: 'LD_LIBRARY_PATH' })), ...(await configured(host))],
      'LD_LIBRARY_PATH and /etc/ld.so.conf',
    );
  },
};

async function configured(host: Host): Promise<readonly LoaderDirectory[]> {
  const listing = await host.list('/etc/ld.so.conf.d');
  const names = listing.outcome === 'entries' ? listing.names.filter((name) => name.endsWith('.conf')) : [];
  const files: HostPath[] = ['/etc/ld.so.conf', ...names.map((name) => `/etc/ld.so.conf.d/${name}` as const)];
  const found = await Promise.all(
    files.map(async (file) => {
      const answer = await host.read(file);
      return answer.outcome === 'text' ? parseLoaderFile(answer.text, file) : [];
    }),
  );
  return found.flat();
}
