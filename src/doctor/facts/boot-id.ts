import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** Another one after each boot: a changed one proves a reboot. */
export const bootId: Fact<string> = {
  name: 'bootId',
  async read(host) {
    const source = '/proc/sys/kernel/random/boot_id';
    const answer = await host.read(source);
    return answer.outcome === 'text' ? known(answer.text.trim(), source) : noFact('the boot id', answer);
  },
};
