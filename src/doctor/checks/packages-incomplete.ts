import { counted } from '../counted.js';
import { packages } from '../facts/packages.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const packagesIncomplete: Check = {
  id: 'driver/packages-incomplete',
  title: 'The driver’s packages are installed completely',
  link: 'libraries',
  requires: [],
  about:
    'Reads the states of NVIDIA’s packages from dpkg: one that is unpacked or half configured is what an installation left that broke off, often in the build of its module.',
  async examine(facts) {
    const installed = await facts.of(packages);
    if (!installed.known) return undetermined(installed.why);
    const ours = installed.value.filter(({ name }) => /nvidia|cuda/.test(name));
    if (ours.length === 0) return notApplicable('no package of NVIDIA is installed');
    const broken = ours.filter(({ complete }) => !complete);
    if (broken.length === 0) return clear(`${counted(ours.length, 'package')} of NVIDIA, none half installed`, installed.source);
    return found({
      severity: 'warning',
      summary: `${broken.length === 1 ? 'A package is' : `${broken.length} packages are`} only half installed`,
      why: 'apt refuses further work until this is mended, and the driver may lack a part',
      evidence: broken.map(({ name, version }) => `${name} ${version}`),
      remedy: {
        summary: 'Let dpkg finish; what it prints is the reason why it stopped',
        commands: ['sudo dpkg --configure -a', 'sudo apt-get --fix-broken install'],
        automatic: false,
        needs: ['root', 'network'],
      },
    });
  },
};
