import { type Fact, known, unknown } from '../fact.js';
import { noFact } from '../no-fact.js';

export interface RunningKernel {
  /** As `uname -r` says it: `6.8.0-45-generic`. */
  readonly release: string;
}

/** What a release can look like. It stands in paths and in the commands that we advise, so nothing else may pass for one. */
export const isRelease = (name: string): boolean => /^\w[\w.+~-]{0,127}$/.test(name);

/** The kernel that runs; of a mounted image nobody can know. */
export const kernel: Fact<RunningKernel> = {
  name: 'kernel',
  async read(host) {
    const source = '/proc/sys/kernel/osrelease';
    const answer = await host.read(source);
    if (answer.outcome !== 'text') return noFact('the running kernel', answer);
    const release = answer.text.trim();
    return isRelease(release) ? known({ release }, source) : unknown(`${source} holds no release of a kernel`);
  },
};
