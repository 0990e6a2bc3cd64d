import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** Paragraphs with `Package: dkms` and `Status: install ok installed`; what is half installed counts, what is removed does not. */
export function parseInstalledNames(text: string): ReadonlySet<string> {
  return new Set(
    text.split(/\n\n+/).flatMap((paragraph) => {
      const name = paragraph.match(/^Package: (\S+)$/m)?.[1];
      const state = paragraph.match(/^Status: \S+ \S+ (\S+)$/m)?.[1];
      return name && state && !['not-installed', 'config-files'].includes(state) ? [name] : [];
    }),
  );
}

/** Every package of a Debian-like machine by name: what a removal may take away is what an installation brought. */
export const installedPackageNames: Fact<ReadonlySet<string>> = {
  name: 'installedPackageNames',
  async read(host) {
    const source = '/var/lib/dpkg/status';
    const answer = await host.read(source);
    return answer.outcome === 'text' ? known(parseInstalledNames(answer.text), source) : noFact(source, answer);
  },
};
