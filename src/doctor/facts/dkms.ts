import type { Host, HostPath } from '../../host/host.js';
import { type Fact, type Known, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** `installed-weak`, `built` and so on, as dkms spells them; `listed` where only its folders could be read. */
export type DkmsState = 'added' | 'built' | 'installed' | 'installed-weak' | 'broken' | 'listed';

export interface DkmsEntry {
  readonly module: string;
  readonly version: string;
  /** Undefined of a module that is added, and built for no kernel. */
  readonly kernel: string | undefined;
  readonly architecture: string | undefined;
  readonly state: DkmsState;
  /** `Differences between built and installed modules` */
  readonly remark: string | undefined;
}

/** DKMS and its modules; null where there is no dkms. */
export type Dkms = { readonly entries: readonly DkmsEntry[] } | null;

/**
 * dkms 3: `nvidia/550.144.03, 6.8.0-45-generic, x86_64: installed (Differences between built and installed modules)`, `nvidia/550.144.03: added`;
 * dkms 2: `nvidia, 470.82.01, 5.4.0-90-generic, x86_64: installed`, `nvidia, 470.82.01: added`
 */
export function parseDkmsStatus(text: string): readonly DkmsEntry[] {
  return text.split('\n').flatMap((line) => {
    const [, subject, state, rest] = line.match(/^([^:]+):\s*(added|built|installed-weak|installed|broken)\b(.*)$/) ?? [];
    if (!subject || !state) return [];
    const fields = subject.split(',').map((field) => field.trim());
    const [module, version, kernel, architecture] = fields[0]!.includes('/') ? [...fields[0]!.split('/', 2), ...fields.slice(1)] : fields;
    // They stand in the commands that we advise, so what can be no name is none.
    if (![module, version].every((word) => word && /^[\w.+:~-]+$/.test(word)) || !module || !version) return [];
    return [{ module, version, kernel, architecture, state: state as DkmsState, remark: rest?.match(/\(([^()]+)\)/)?.[1] }];
  });
}

/** What DKMS builds, and for which kernels. */
export const dkms: Fact<Dkms> = {
  name: 'dkms',
  async read(host) {
    const answer = await host.ask({ program: 'dkms', args: ['status'] });
    if (answer.outcome === 'absent') return known(null, 'dkms');
    if (answer.outcome === 'exited' && answer.code === 0) return known({ entries: parseDkmsStatus(answer.stdout) }, 'dkms status');
    return answer.outcome === 'unavailable' ? listFolders(host) : noFact('dkms status', answer);
  },
};

/** `/var/lib/dkms/MODULE/VERSION/KERNEL/ARCHITECTURE`, beside `source`, `build` and `kernel-…` links. */
async function listFolders(host: Host): Promise<Known<Dkms>> {
  const tree = '/var/lib/dkms';
  const modules = await host.list(tree);
  if (modules.outcome === 'absent') return known(null, tree);
  if (modules.outcome === 'unavailable') return noFact(tree, modules);
  const namesIn = async (path: string) => {
    const listing = await host.list(path as HostPath);
    return listing.outcome === 'entries' ? listing.names : [];
  };
  const entries: DkmsEntry[] = [];
  for (const module of modules.names) {
    for (const version of (await namesIn(`${tree}/${module}`)).filter((name) => /^\d/.test(name))) {
      const kernels = (await namesIn(`${tree}/${module}/${version}`)).filter((name) => /^\d/.test(name));
      if (kernels.length === 0)
        entries.push({ module, version, kernel: undefined, architecture: undefined, state: 'added', remark: undefined });
      for (const kernel of kernels) {
        const [architecture] = await namesIn(`${tree}/${module}/${version}/${kernel}`);
        entries.push({ module, version, kernel, architecture, state: 'listed', remark: undefined });
      }
    }
  }
  return known({ entries }, tree);
}
