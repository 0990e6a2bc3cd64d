import { z } from 'zod';
import { UserError } from '../../errors.js';
import type { StepKind } from '../step.js';
import { aptGet, mendPackages, refuseLargerRemoval } from './apt-get.js';
import { carryOut } from './carry-out.js';
import { installedVersions } from './dpkg-state.js';
import { plainName } from './host-path.js';
import { asJson, packageRecord, takePackages } from './package-record.js';

interface Params {
  readonly packages: readonly string[];
  /** Some of them are held at their version: apt takes those away only when it is told so. */
  readonly held?: boolean | undefined;
}

const changeHeld = '--allow-change-held-packages';

/** Removes packages of Debian and its kin with their configuration. */
export const removePackages: StepKind<Params> = {
  kind: 'remove-packages',
  params: z.strictObject({ packages: z.array(plainName).min(1), held: z.boolean().optional() }),
  describe: ({ packages, held }) => ({
    summary: `Remove ${packages.join(', ')}${held ? ', also those that are held' : ''}`,
    commands: [aptGet('purge', '--yes', ...(held ? [changeHeld] : []), ...packages)],
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
  change: {
    before: async (_, host) => asJson(await takePackages(host)),
    async apply({ packages, held }, _, host) {
      await mendPackages(host);
      const { there, leftovers } = await takePackages(host);
      const known = packages.filter((name) => isIn(name, Object.keys(there)) || isIn(name, leftovers));
      if (known.length === 0) return;
      // What depends on a driver is a part of it; a desktop never is.
      await refuseLargerRemoval(
        host,
        'purge',
        known,
        held ? [changeHeld] : [],
        (name) => packages.includes(name) || /nvidia|cuda/.test(name),
      );
      await carryOut(host, removePackages.describe({ packages: known, held }).commands);
    },
    async settle(_, record, host) {
      const [before, now] = [packageRecord.parse(record), await takePackages(host)];
      const gone = Object.keys(before.there).filter((name) => !(name in now.there));
      return {
        gone: gone.map((name) => `${name}=${before.there[name]}`),
        automatic: gone.filter((name) => before.automatic.includes(name)),
        held: gone.filter((name) => before.held.includes(name)),
      };
    },
    async undo(_, record, host) {
      const { gone, automatic, held } = removed.parse(record);
      if (gone.length === 0) return undefined;
      await mendPackages(host);
      const install = (packages: readonly string[]) => carryOut(host, [aptGet('install', '--yes', '--no-install-recommends', ...packages)]);
      const older = await install(gone).then(
        () => undefined,
        async (error) => {
          // An archive keeps its newest versions only.
          if (!(error instanceof UserError)) throw error;
          await install(gone.map((each) => each.split('=', 1)[0]!));
          return `${gone.join(', ')}: installed again in the version that the archive has now`;
        },
      );
      if (automatic.length > 0) await carryOut(host, [{ program: 'apt-mark', args: ['auto', ...automatic] }]);
      if (held.length > 0) await carryOut(host, [{ program: 'apt-mark', args: ['hold', ...held] }]);
      return older;
    },
  },
};

const removed = z.strictObject({ gone: z.array(z.string()), automatic: z.array(z.string()), held: z.array(z.string()) });

const isIn = (name: string, names: readonly string[]) => names.some((each) => each === name || each.startsWith(`${name}:`));
