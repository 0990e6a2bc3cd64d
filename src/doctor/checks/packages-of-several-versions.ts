import { counted } from '../counted.js';
import { branchOf } from '../driver-in-use.js';
import { driverParts } from '../driver-packages.js';
import { packages } from '../facts/packages.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const packagesOfSeveralVersions: Check = {
  id: 'driver/packages-of-several-versions',
  title: 'The driver’s packages are of one version',
  link: 'libraries',
  requires: [],
  about:
    'Compares the versions of the packages that a driver consists of. NVIDIA’s archive mixed with the distribution’s or with a PPA, or a hold on some of them, leaves parts of several drivers: `Depends: … but … is to be installed`.',
  async examine(facts) {
    const installed = await facts.of(packages);
    if (!installed.known) return undetermined(installed.why);
    const ours = driverParts(installed.value);
    if (ours.length === 0) return notApplicable('no driver came from packages');
    const versions = [...new Set(ours.map(({ driver }) => driver))];
    if (versions.length === 1) return clear(`${counted(ours.length, 'package')} of ${versions[0]}`, installed.source);
    const branches = new Set(versions.map(branchOf));
    return found({
      severity: 'warning',
      summary: `The driver’s packages are of ${branches.size > 1 ? 'several branches' : 'several versions'}: ${versions.join(', ')}`,
      why: 'Module and libraries must be of one version to the last digit',
      evidence: ours.map(({ name, version, held }) => `${installed.source}: ${name} ${version}${held ? ' (held)' : ''}`),
      remedy: {
        summary: 'Choose one archive, then bring all of them to one version; `apt-cache policy` tells where each comes from',
        commands: [`apt-cache policy ${ours.map(({ name }) => name).join(' ')}`, 'gpu-setup install-driver --dkms --dry-run'],
        automatic: false,
        needs: ['root', 'network'],
      },
    });
  },
};
