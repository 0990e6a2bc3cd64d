import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** What systemd says of nvidia-fabricmanager: `active`, `inactive`, `failed`, `activating`, `unknown`. */
export const fabricManager: Fact<string> = {
  name: 'fabricManager',
  async read(host) {
    const source = 'systemctl is-active nvidia-fabricmanager';
    const answer = await host.ask({ program: 'systemctl', args: ['is-active', 'nvidia-fabricmanager'] });
    // It ends with 3 or 4 where the unit is not active, and prints the word all the same.
    const word = answer.outcome === 'exited' ? answer.stdout.trim() : '';
    return /^[a-z]+$/.test(word) ? known(word, source) : noFact(source, answer);
  },
};
