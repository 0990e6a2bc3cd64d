import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** The packages that wait for a reboot, on Debian and its like; none where nothing waits. */
export const pendingReboot: Fact<readonly string[]> = {
  name: 'pendingReboot',
  async read(host) {
    const source = '/run/reboot-required.pkgs';
    const answer = await host.read(source);
    if (answer.outcome === 'absent') return known([], source);
    if (answer.outcome !== 'text') return noFact(source, answer);
    const names = answer.text.split('\n').map((line) => line.trim());
    return known([...new Set(names.filter(Boolean))], source);
  },
};
