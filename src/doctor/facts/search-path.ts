import { posix } from 'node:path';
import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';

const systemDirectories: readonly HostPath[] = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The folders that programs are looked for in, in order: those of PATH, then the system's. */
export const searchPath: Fact<readonly HostPath[]> = {
  name: 'searchPath',
  async read(host) {
    const answer = await host.ask({ program: 'printenv', args: ['PATH'] });
    const asked = answer.outcome === 'exited' ? answer.stdout.trim().split(':') : [];
    const directories = [...asked, ...systemDirectories].filter((directory): directory is HostPath => directory.startsWith('/'));
    const once = [...new Set(directories)];
    const real = await Promise.all(once.map((directory) => realDirectory(host, directory)));
    // /bin is a link to /usr/bin nearly everywhere: what lies there is not looked at twice.
    const first = once.filter((_, index) => real.indexOf(real[index]!) === index);
    return known(first, asked.length > 0 ? 'PATH' : 'the usual folders');
  },
};

async function realDirectory(host: Host, directory: HostPath): Promise<string> {
  const link = await host.readLink(directory);
  return link.outcome === 'link' ? posix.resolve(posix.dirname(directory), link.target) : directory;
}
