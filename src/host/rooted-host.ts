import { readdir, readlink, stat } from 'node:fs/promises';
import { bounded, fileTimeoutMs } from './bounded.js';
import { fileStatusOf } from './file-status.js';
import type { Host, HostPath, NoAnswer } from './host.js';
import { locateInside } from './inside-root.js';
import { absent, noAnswerOf, unavailable } from './no-answer.js';
import { readBounded } from './read-bounded.js';
import { streamFile } from './stream-file.js';

/** What lies here is made by a running kernel: in a mounted image it is empty or, in a chroot, another machine's. */
const kernelDirectories = ['/proc', '/sys', '/dev', '/run'];

/** A machine that is not running: a mounted image or a chroot at `root`. Its kernel and its programs cannot be asked. */
export function rootedHost(root: string): Host {
  const refuses = (inside: HostPath) => {
    const directory = kernelDirectories.find((each) => inside === each || inside.startsWith(`${each}/`));
    return directory && `${directory} belongs to a running kernel, and this machine is a folder`;
  };
  const at = <T>(path: HostPath, follow: 'all' | 'parents', answer: (real: string) => Promise<T>): Promise<T | NoAnswer> =>
    bounded(answered(path, follow, answer), fileTimeoutMs);
  const answered = async <T>(path: HostPath, follow: 'all' | 'parents', answer: (real: string) => Promise<T>): Promise<T | NoAnswer> => {
    const located = await locateInside(root, path, { follow, refuses });
    if (located.outcome !== 'located') return located;
    try {
      return await answer(located.real);
    } catch (error) {
      if (follow === 'parents' && (error as NodeJS.ErrnoException).code === 'EINVAL') return absent;
      return noAnswerOf(error);
    }
  };
  return {
    origin: 'root',
    read: (path, encoding = 'utf8', lastBytes) => at(path, 'all', (real) => readBounded(real, encoding, lastBytes)),
    stream: (path) => at(path, 'all', streamFile),
    list: (path) => at(path, 'all', async (real) => ({ outcome: 'entries', names: (await readdir(real)).sort() })),
    readLink: (path) => at(path, 'parents', async (real) => ({ outcome: 'link', target: await readlink(real) })),
    stat: (path) => at(path, 'all', async (real) => ({ outcome: 'status', ...fileStatusOf(await stat(real)) })),
    ask: async ({ program }) => unavailable(`\`${program}\` cannot be run: this machine is a folder, not running`),
  };
}
