import { z } from 'zod';
import type { Command } from '../../host/host.js';
import type { StepKind } from '../step.js';
import { installedVersions } from './dpkg-state.js';
import { plainName } from './host-path.js';

interface Params {
  /** Names, or `name=version`. */
  readonly packages: readonly string[];
  /** Fetch the lists of packages before. */
  readonly refresh: boolean;
  /** Install what the packages recommend, too. */
  readonly recommends: boolean;
  /** Keep them at their version from then on. */
  readonly hold: boolean;
  /** Those of them that were there before: undo leaves them. */
  readonly present: readonly string[];
  /** Let apt take out other packages for them; it refuses otherwise. */
  readonly mayRemove?: boolean | undefined;
}

const minutes = 60_000;
/** apt that never asks: what is unanswered keeps its default, and files that an administrator changed stay. */
export const aptGet = (...args: readonly string[]): Command => ({
  program: 'env',
  args: ['DEBIAN_FRONTEND=noninteractive', 'apt-get', '--option=Dpkg::Options::=--force-confold', ...args],
  timeoutMs: 60 * minutes,
});

/** Installs packages of Debian and its kin. */
export const installPackages: StepKind<Params> = {
  kind: 'install-packages',
  params: z.strictObject({
    packages: z.array(plainName).min(1),
    refresh: z.boolean(),
    recommends: z.boolean(),
    hold: z.boolean(),
    present: z.array(plainName),
    mayRemove: z.boolean().optional(),
  }),
  describe({ packages, refresh, recommends, hold, present, mayRemove }) {
    const names = packages.map((each) => each.split('=', 1)[0]!);
    const added = names.filter((name) => !present.includes(name));
    return {
      summary: `Install ${packages.join(', ')}${hold ? ', and hold them at that version' : ''}`,
      commands: [
        ...(refresh ? [aptGet('update')] : []),
        aptGet('install', '--yes', ...(mayRemove ? [] : ['--no-remove']), ...(recommends ? [] : ['--no-install-recommends']), ...packages),
        ...(hold ? [{ program: 'apt-mark', args: ['hold', ...names] }] : []),
      ],
      files: [],
      risk: mayRemove ? 'disruptive' : 'reversible',
      needs: ['root', 'network'],
      undo: {
        words:
          added.length > 0
            ? 'Remove what was not installed before; `apt-get autoremove` takes what came along with it'
            : 'Nothing to undo: all of them were there before',
        commands: [
          ...(hold ? [{ program: 'apt-mark', args: ['unhold', ...names] }] : []),
          ...(added.length > 0 ? [aptGet('remove', '--yes', ...added)] : []),
        ],
      },
      proof: [{ command: { program: 'dpkg-query', args: ['--show', ...names] }, expect: 'lists each of them with a version' }],
    };
  },
  async isDone({ packages }, host) {
    const asked = packages.map((each) => each.split('=', 2) as [string, string?]);
    const versions = await installedVersions(
      host,
      asked.map(([name]) => name),
    );
    if (!versions) return 'cannot-tell';
    const there = asked.every(([name, version]) => {
      const now = versions.get(name);
      return now != null && (version === undefined || now === version);
    });
    return there ? 'done' : 'not-done';
  },
};
