import { type Fact, known, unknown } from '../fact.js';
import { noFact } from '../no-fact.js';

/** The Node.js that a shell finds, `24.4.1`; null where there is none. */
export const nodeVersion: Fact<string | null> = {
  name: 'nodeVersion',
  async read(host) {
    const source = 'node --version';
    const answer = await host.ask({ program: 'node', args: ['--version'] });
    if (answer.outcome === 'absent') return known(null, source);
    if (answer.outcome !== 'exited' || answer.code !== 0) return noFact(source, answer);
    const version = answer.stdout.match(/^v(\d+\.\d+\.\d+)/)?.[1];
    return version ? known(version, source) : unknown(`${source} gives no version`);
  },
};
