import { counted } from '../counted.js';
import { driverParts } from '../driver-packages.js';
import { packages } from '../facts/packages.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const packagesOfSeveralOrigins: Check = {
  id: 'driver/packages-of-several-origins',
  title: 'The driver’s packages come from one archive',
  link: 'libraries',
  requires: [],
  about:
    'Compares what stands behind the driver’s version in the versions of its packages: those of one archive are built together and have it in common. NVIDIA’s archive and the distribution’s own, or a PPA, each ship the whole family, and the next upgrade ends with `trying to overwrite …` or `Depends: … but … is to be installed`.',
  async examine(facts) {
    const installed = await facts.of(packages);
    if (!installed.known) return undetermined(installed.why);
    // rpm and pacman build the parts of a driver one by one.
    if (!/dpkg/.test(installed.source)) return notApplicable('packages here are not Debian’s');
    const ours = driverParts(installed.value);
    if (ours.length === 0) return notApplicable('no driver came from packages');
    const groups = groupsOf(ours, ({ driver }) => driver);
    const mixed = groups.filter((group) => new Set(group.map(({ revision }) => revision)).size > 1);
    const [first] = mixed;
    if (!first) return clear(`${counted(ours.length, 'package')} of one build`, installed.source);
    return found({
      severity: 'warning',
      summary: `The driver’s packages come from several archives: ${[...new Set(first.map(({ version }) => version))].join(', ')}`,
      why: 'Each archive ships the whole family: the next upgrade takes one part from here and another from there, and stops',
      evidence: mixed.flat().map(({ name, version, revision }) => `${installed.source}: ${name} ${version}${archiveOf(revision)}`),
      remedy: {
        summary: 'Keep one archive for the driver and pin it; `apt-cache policy` tells which archive has which version',
        commands: [`apt-cache policy ${first.map(({ name }) => name).join(' ')}`],
        automatic: false,
        needs: ['root', 'network'],
      },
    });
  },
};

function groupsOf<T>(all: readonly T[], by: (each: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const each of all) groups.set(by(each), [...(groups.get(by(each)) ?? []), each]);
  return [...groups.values()];
}

/** Revisions that name the archive they are of. */
function archiveOf(revision: string): string {
  if (/~gpu\d/.test(revision)) return ', of the graphics-drivers PPA';
  if (/ubuntu0\.\d\d\.\d\d/.test(revision)) return ', of Ubuntu';
  if (/~?deb\d+u\d+$/.test(revision)) return ', of Debian';
  return '';
}
