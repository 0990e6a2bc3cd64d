import { z } from 'zod';
import { type DkmsEntry, parseDkmsStatus } from '../../doctor/facts/dkms.js';
import type { Host } from '../../host/host.js';
import type { StepKind } from '../step.js';
import { carryOut } from './carry-out.js';
import { plainName } from './host-path.js';

interface Params {
  readonly modules: readonly { readonly module: string; readonly version: string }[];
}

/** Takes modules out of DKMS, for every kernel. Their sources in /usr/src stay: they belong to whoever put them there. */
export const removeDkms: StepKind<Params> = {
  kind: 'remove-dkms',
  params: z.strictObject({ modules: z.array(z.strictObject({ module: plainName, version: plainName })).min(1) }),
  describe: ({ modules }) => ({
    summary: `Take ${modules.map(({ module, version }) => `${module}/${version}`).join(' and ')} out of DKMS`,
    commands: modules.map(({ module, version }) => ({
      program: 'dkms',
      args: ['remove', `${module}/${version}`, '--all'],
      timeoutMs: 10 * 60_000,
    })),
    files: [],
    risk: 'reversible',
    needs: ['root'],
    undo: {
      words: 'Build and install them again for the kernels that had them, where their sources are still in /usr/src',
      commands: modules.map(({ module, version }) => ({ program: 'dkms', args: ['add', `${module}/${version}`] })),
    },
    proof: [{ command: { program: 'dkms', args: ['status'] }, expect: 'names none of them' }],
  }),
  async isDone({ modules }, host) {
    const entries = await entriesOf(host, modules);
    return entries === undefined ? 'cannot-tell' : entries.length === 0 ? 'done' : 'not-done';
  },
  change: {
    async before({ modules }, host) {
      return ((await entriesOf(host, modules)) ?? []).map(({ module, version, kernel, state }) => ({
        module,
        version,
        kernel: kernel ?? null,
        installed: state === 'installed' || state === 'installed-weak',
      }));
    },
    async apply({ modules }, _, host) {
      const there = (await entriesOf(host, modules)) ?? [];
      const named = modules.filter(({ module, version }) => there.some((each) => each.module === module && each.version === version));
      if (named.length > 0) await carryOut(host, removeDkms.describe({ modules: named }).commands);
    },
    async undo({ modules }, record, host) {
      const before = was.parse(record);
      const now = (await entriesOf(host, modules)) ?? [];
      const lost: string[] = [];
      for (const { module, version } of modules) {
        const mine = before.filter((each) => each.module === module && each.version === version);
        if (mine.length === 0) continue;
        const name = `${module}/${version}`;
        if ((await host.stat(`/usr/src/${module}-${version}/dkms.conf`)).outcome !== 'status') {
          lost.push(name);
          continue;
        }
        const isThere = (kernel: string | null) =>
          now.some((each) => each.module === module && each.version === version && (kernel === null || each.kernel === kernel));
        if (!isThere(null)) await carryOut(host, [{ program: 'dkms', args: ['add', name] }]);
        for (const { kernel, installed } of mine)
          if (kernel !== null && installed && !isThere(kernel))
            await carryOut(host, [{ program: 'dkms', args: ['install', name, '-k', kernel], timeoutMs: 30 * 60_000 }]);
      }
      return lost.length > 0 ? `${lost.join(' and ')}: the sources are gone, so DKMS has nothing to build` : undefined;
    },
  },
};

const was = z.array(z.strictObject({ module: z.string(), version: z.string(), kernel: z.string().nullable(), installed: z.boolean() }));

/** What DKMS has of `modules`; undefined where it cannot be asked, nothing where there is no DKMS. */
async function entriesOf(host: Host, modules: Params['modules']): Promise<readonly DkmsEntry[] | undefined> {
  const answer = await host.ask({ program: 'dkms', args: ['status'] });
  if (answer.outcome === 'absent') return [];
  if (answer.outcome !== 'exited' || answer.code !== 0) return undefined;
  return parseDkmsStatus(answer.stdout).filter((entry) =>
    modules.some(({ module, version }) => entry.module === module && entry.version === version),
  );
}
