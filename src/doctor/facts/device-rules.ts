import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** `c 195:* rwm`, `a *:* rwm` of a cgroup that denies nothing. */
export interface DeviceRule {
  readonly kind: 'a' | 'b' | 'c';
  /** `*` for every one. */
  readonly major: string;
}

/** devices.list of a version-1 cgroup, a rule on each line. */
export function parseDeviceRules(text: string): readonly DeviceRule[] {
  return [...text.matchAll(/^([abc]) (\*|\d+):(?:\*|\d+) [rwm]+$/gm)].map(([, kind, major]) => ({
    kind: kind as DeviceRule['kind'],
    major: major!,
  }));
}

/** Which devices the cgroup lets this container open; null with version 2, whose rules are a program that nobody can read. */
export const deviceRules: Fact<readonly DeviceRule[] | null> = {
  name: 'deviceRules',
  async read(host) {
    const source = '/sys/fs/cgroup/devices/devices.list';
    const answer = await host.read(source);
    if (answer.outcome === 'absent') return known(null, source);
    return answer.outcome === 'text' ? known(parseDeviceRules(answer.text), source) : noFact(source, answer);
  },
};
