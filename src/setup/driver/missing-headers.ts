import type { Host } from '../../host/host.js';
import type { Reason } from '../plan.js';
import { distributionName } from '../tables/distributions.js';
import type { Ground } from './draft.js';
import { headersMetaPackage } from './kernels.js';
import { blocked } from './obstacles.js';

/** `linux-headers-amd64:\n  Installed: (none)\n  Candidate: 6.1.176-1`; a package that apt has never heard of is not listed. */
export function parseCandidates(text: string): ReadonlySet<string> {
  const found = text.matchAll(/^(\S+):\n\s+Installed: .*\n\s+Candidate: (\S+)/gm);
  return new Set([...found].flatMap(([, name, candidate]) => (candidate === '(none)' ? [] : [name!])));
}

/** Those of `names` that apt could install; undefined where it cannot be asked. */
export async function candidates(host: Host, names: readonly string[]): Promise<ReadonlySet<string> | undefined> {
  const answer = await host.ask({ program: 'apt-cache', args: ['policy', ...names], timeoutMs: 30_000 });
  return answer.outcome === 'exited' && answer.code === 0 ? parseCandidates(answer.stdout) : undefined;
}

/**
 * A kernel that may run next, has no headers here, and none in the archive any more: archives keep those of the newest
 * kernels only. Undefined where every kernel has some, or apt cannot be asked.
 */
export async function missingHeaders({ survey, distribution }: Ground): Promise<Reason | undefined> {
  const installed = survey.packages.known ? survey.packages.value : [];
  for (const release of survey.toCome) {
    if (survey.kernels.find((each) => each.release === release)?.headers) continue;
    const [own, meta] = [`linux-headers-${release}`, headersMetaPackage(distribution.id, release, installed)];
    if (!meta) continue;
    const known = await candidates(survey.host, [own, meta]);
    // Where apt does not even know the newest headers, its lists are empty and say nothing.
    if (!known?.has(meta) || known.has(own)) continue;
    const image = meta.replace('linux-headers', 'linux-image');
    return blocked(
      `The archive of ${distributionName(distribution)} has no headers of the kernel ${release} any more, so no module can be built for it`,
      `\`apt-get install ${image} ${meta}\` brings the newest kernel; reboot into it, remove the old one, and plan again`,
    );
  }
  return undefined;
}
