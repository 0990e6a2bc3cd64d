import { packages } from '../facts/packages.js';
import { runInstaller } from '../facts/run-installer.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

/** Packages that bring a driver, not those that only name NVIDIA. */
const driverPackage = /^(nvidia-driver|nvidia-dkms|nvidia-kernel|nvidia-open|libnvidia-compute|cuda-drivers)/;

export const mixedInstallers: Check = {
  id: 'driver/mixed-installers',
  title: 'The driver was installed in one way',
  link: 'libraries',
  requires: [],
  about:
    'Looks for the record of NVIDIA’s `.run` installer in /var/lib/nvidia beside driver packages: each overwrites files of the other, and an update of one breaks both.',
  async examine(facts) {
    const [installed, byHand] = [await facts.of(packages), await facts.of(runInstaller)];
    if (!byHand.known) return undetermined(byHand.why);
    if (!byHand.value) return notApplicable('the `.run` installer was not used here');
    if (!installed.known) return undetermined(installed.why);
    const drivers = installed.value.filter(({ name }) => driverPackage.test(name));
    if (drivers.length === 0) return clear('The driver came with the `.run` installer alone', byHand.source);
    return found({
      severity: 'warning',
      summary: 'The driver was installed twice: by its `.run` installer and from packages',
      why: 'Each overwrites files of the other: the next update leaves a mixture of versions',
      evidence: [byHand.source, ...drivers.map(({ name, version }) => `${name} ${version}`)],
      remedy: {
        summary: 'Take the `.run` driver away, then install the packages anew',
        commands: ['sudo nvidia-uninstall --silent', `sudo apt-get install --reinstall ${drivers.map(({ name }) => name).join(' ')}`],
        automatic: false,
        needs: ['root', 'network', 'reboot'],
      },
    });
  },
};
