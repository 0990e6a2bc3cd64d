import { z } from 'zod';
import type { StepKind } from '../step.js';
import { aptGet, bare, mendPackages, refuseLargerRemoval } from './apt-get.js';
import { carryOut } from './carry-out.js';
import { installedVersions } from './dpkg-state.js';
import { plainName } from './host-path.js';
import { asJson, packageRecord, takePackages } from './package-record.js';

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

/** What came with it, for undo. */
const installed = z.strictObject({
  added: z.array(z.string()),
  /** Those of `added` of which some configuration was there before. */
  configured: z.array(z.string()),
  upgraded: z.array(z.string()),
  held: z.array(z.string()),
  /** Were there before because of others, and were asked for by name now. */
  automatic: z.array(z.string()),
});

const namesOf = (packages: readonly string[]) => packages.map((each) => each.split('=', 1)[0]!);

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
    const names = namesOf(packages);
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
            ? 'Remove what was not installed before, and what came along with it'
            : 'Nothing to undo: all of them were there before',
        commands: [
          ...(hold ? [{ program: 'apt-mark', args: ['unhold', ...names] }] : []),
          ...(added.length > 0 ? [aptGet('purge', '--yes', ...added)] : []),
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
  change: {
    before: async (_, host) => asJson(await takePackages(host)),
    async apply(params, _, host) {
      await mendPackages(host);
      await carryOut(host, installPackages.describe(params).commands);
    },
    async settle({ packages, hold }, record, host) {
      const [before, now] = [packageRecord.parse(record), await takePackages(host)];
      const names = namesOf(packages);
      const added = Object.keys(now.there).filter((name) => !(name in before.there));
      return {
        added,
        configured: added.filter((name) => before.leftovers.includes(name)),
        upgraded: Object.keys(now.there).filter((name) => name in before.there && before.there[name] !== now.there[name]),
        held: hold ? names.filter((name) => now.held.includes(name) && !before.held.includes(name)) : [],
        automatic: names.filter((name) => before.automatic.includes(name)),
      };
    },
    async undo(_, record, host) {
      const { added, configured, upgraded, held, automatic } = installed.parse(record);
      await mendPackages(host);
      const { there, leftovers } = await takePackages(host);
      const unhold = held.filter((name) => name in there);
      if (unhold.length > 0) await carryOut(host, [{ program: 'apt-mark', args: ['unhold', ...unhold] }]);
      const ours = new Set(added.map(bare));
      for (const verb of ['purge', 'remove'] as const) {
        const names = added.filter(
          (name) => configured.includes(name) === (verb === 'remove') && (name in there || (verb === 'purge' && leftovers.includes(name))),
        );
        if (names.length === 0) continue;
        await refuseLargerRemoval(host, verb, names, [], (name) => ours.has(name));
        await carryOut(host, [aptGet(verb, '--yes', ...names)]);
      }
      const again = automatic.filter((name) => name in there);
      if (again.length > 0) await carryOut(host, [{ program: 'apt-mark', args: ['auto', ...again] }]);
      return upgraded.length > 0 ? `${upgraded.join(', ')} stay${upgraded.length === 1 ? 's' : ''} at the newer version` : undefined;
    },
    async isCarriedOut(params, host) {
      const done = await installPackages.isDone(params, host);
      if (done !== 'done' || !params.hold) return done;
      const { held } = await takePackages(host);
      return namesOf(params.packages).every((name) => held.includes(name)) ? 'done' : 'not-done';
    },
  },
};
