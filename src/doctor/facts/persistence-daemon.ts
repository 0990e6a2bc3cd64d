import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** What systemd says of nvidia-persistenced, which keeps the driver ready while nobody uses the GPU; null without systemd. */
export const persistenceDaemon: Fact<string | null> = {
  name: 'persistenceDaemon',
  async read(host) {
    const source = 'systemctl is-active nvidia-persistenced';
    const answer = await host.ask({ program: 'systemctl', args: ['is-active', 'nvidia-persistenced'] });
    if (answer.outcome === 'absent') return known(null, 'there is no systemctl');
    const word = answer.outcome === 'exited' ? answer.stdout.trim() : '';
    return /^[a-z]+$/.test(word) ? known(word, source) : noFact(source, answer);
  },
};
