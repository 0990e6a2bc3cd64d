import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** Whether this is Linux inside Windows, whose driver belongs to Windows: `Linux version 5.15.153.1-microsoft-standard-WSL2 …` */
export const wsl: Fact<boolean> = {
  name: 'wsl',
  async read(host) {
    const answer = await host.read('/proc/version');
    return answer.outcome === 'text' ? known(/microsoft/i.test(answer.text), '/proc/version') : noFact('/proc/version', answer);
  },
};
