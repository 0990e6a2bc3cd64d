import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

export interface RunningKernel {
  /** As `uname -r` says it: `6.8.0-45-generic`. */
  readonly release: string;
}

/** The kernel that runs; of a mounted image nobody can know. */
export const kernel: Fact<RunningKernel> = {
  name: 'kernel',
  async read(host) {
    const source = '/proc/sys/kernel/osrelease';
    const answer = await host.read(source);
    return answer.outcome === 'text' ? known({ release: answer.text.trim() }, source) : noFact('the running kernel', answer);
  },
};
