import { z } from 'zod';
import type { StepKind } from '../step.js';
import { installedVersions } from './dpkg-state.js';
import { plainName } from './host-path.js';
import { aptGet } from './install-packages.js';

interface Params {
  readonly packages: readonly string[];
}

/** Removes packages of Debian and its kin with their configuration. */
export const removePackages: StepKind<Params> = {
  kind: 'remove-packages',
  params: z.strictObject({ packages: z.array(plainName).min(1) }),
  describe: ({ packages }) => ({
    summary: `Remove ${packages.join(', ')}`,
    commands: [aptGet('purge', '--yes', ...packages)],
    files: [],
    risk: 'disruptive',
    needs: ['root'],
    undo: { words: 'Install them again', commands: [aptGet('install', '--yes', ...packages)] },
    proof: [{ command: { program: 'dpkg-query', args: ['--show', ...packages] }, expect: 'finds none of them' }],
  }),
  async isDone({ packages }, host) {
    const versions = await installedVersions(host, packages);
    if (!versions) return 'cannot-tell';
    return packages.every((name) => versions.get(name) === null) ? 'done' : 'not-done';
  },
};
