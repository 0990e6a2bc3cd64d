import type { HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';

const systemDirectories: readonly HostPath[] = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The folders that programs are looked for in, in order: those of PATH, then the system's. */
export const searchPath: Fact<readonly HostPath[]> = {
  name: 'searchPath',
  async read(host) {
    const answer = await host.ask({ program: 'printenv', args: ['PATH'] });
    const asked = answer.outcome === 'exited' ? answer.stdout.trim().split(':') : [];
    const directories = [...asked, ...systemDirectories].filter((directory): directory is HostPath => directory.startsWith('/'));
    return known([...new Set(directories)], asked.length > 0 ? 'PATH' : 'the usual folders');
  },
};
