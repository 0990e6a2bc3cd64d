import { packages } from '../facts/packages.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const packagesHeld: Check = {
  id: 'driver/packages-held',
  title: 'No package of the driver is held back',
  link: 'libraries',
  requires: [],
  about:
    'Reads the holds of NVIDIA’s packages and of the kernel’s. A hold may be meant; it is also why apt says `you have held broken packages`, and a kernel that moves on without its driver. So it is a note.',
  async examine(facts) {
    const installed = await facts.of(packages);
    if (!installed.known) return undetermined(installed.why);
    const ours = installed.value.filter(({ name }) => /nvidia|cuda|^linux-(image|headers|modules)/.test(name));
    if (ours.length === 0) return notApplicable('no such package is installed');
    const held = ours.filter(({ held: isHeld }) => isHeld);
    if (held.length === 0) return clear('None is held', installed.source);
    return found({
      severity: 'note',
      summary: `${held.map(({ name }) => name).join(', ')} ${held.length === 1 ? 'is' : 'are'} held at ${held.length === 1 ? 'its version' : 'their versions'}`,
      why: 'apt will not bring them up to what other packages want; where the hold is meant, nothing is to be done',
      evidence: held.map(({ name, version }) => `${installed.source}: ${name} ${version}, hold`),
      remedy: {
        summary: 'Let them go before an upgrade of the driver, and hold them again after it',
        commands: [`sudo apt-mark unhold ${held.map(({ name }) => name).join(' ')}`],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};
