import { diversions } from '../facts/diversions.js';
import { installedPackageNames } from '../facts/installed-package-names.js';
import type { Check } from '../finding.js';
import { clear, found, undetermined } from '../verdicts.js';

export const diversionLeft: Check = {
  id: 'driver/diversion-left',
  title: 'No diversion of a removed driver is left',
  link: 'libraries',
  requires: [],
  about:
    'Reads dpkg’s diversions for those of NVIDIA’s packages and glx-diversions that are no longer installed. Mesa’s libGL stays moved away, and purging ends with an error.',
  async examine(facts) {
    const [all, names] = [await facts.of(diversions), await facts.of(installedPackageNames)];
    if (!all.known) return undetermined(all.why);
    const ours = all.value.filter(({ by }) => /nvidia|^glx-diversions$/.test(by));
    if (ours.length === 0) return clear('No package of NVIDIA diverts a file', all.source);
    if (!names.known) return undetermined(names.why);
    const left = ours.filter(({ by }) => !names.value.has(by));
    if (left.length === 0) return clear(`${ours.length} diversions, of packages that are installed`, all.source);
    return found({
      severity: 'warning',
      summary: `${[...new Set(left.map(({ by }) => by))].join(', ')} is gone, and its diversions are left`,
      why: 'The files of other packages stay moved away, and removing or installing drivers ends with an error',
      evidence: left.slice(0, 6).map(({ from, to, by }) => `${all.source}: ${from} -> ${to} by ${by}`),
      remedy: {
        summary: 'Take the diversions away',
        commands: left.slice(0, 6).map(({ from, by }) => `sudo dpkg-divert --package ${by} --rename --remove ${from}`),
        automatic: false,
        needs: ['root'],
      },
    });
  },
};
