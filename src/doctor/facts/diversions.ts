import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** A file of one package that gives way to another package's. */
export interface Diversion {
  readonly from: string;
  readonly to: string;
  /** `:` of an administrator's own. */
  readonly by: string;
}

/** Three lines for each: what is diverted, where to, and for which package. */
export function parseDiversions(text: string): readonly Diversion[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return Array.from({ length: Math.floor(lines.length / 3) }, (_, index) => {
    const [from, to, by] = lines.slice(index * 3, index * 3 + 3);
    return { from: from!, to: to!, by: by! };
  });
}

/** dpkg's diversions. */
export const diversions: Fact<readonly Diversion[]> = {
  name: 'diversions',
  async read(host) {
    const source = '/var/lib/dpkg/diversions';
    const answer = await host.read(source);
    if (answer.outcome === 'absent') return known([], source);
    return answer.outcome === 'text' ? known(parseDiversions(answer.text), source) : noFact(source, answer);
  },
};
