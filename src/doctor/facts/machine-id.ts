import { type Fact, known, unknown } from '../fact.js';
import { noFact } from '../no-fact.js';

/** 32 hex digits that stay with an installation. */
export const machineId: Fact<string> = {
  name: 'machineId',
  async read(host) {
    const source = '/etc/machine-id';
    const answer = await host.read(source);
    if (answer.outcome !== 'text') return noFact(source, answer);
    // An image that was never booted has an empty file, or the word `uninitialized`.
    return /^[0-9a-f]{32}$/.test(answer.text.trim()) ? known(answer.text.trim(), source) : unknown(`${source} holds no id yet`);
  },
};
