import { nvidiaModuleOnDisk } from '../../doctor/facts/nvidia-module-on-disk.js';
import { step } from '../step.js';
import { enrolKey } from '../steps/enrol-key.js';
import { reboot } from '../steps/reboot.js';
import { distributionOf, signing as signings } from '../tables/distributions.js';
import type { Remedy } from './remedy.js';

/** Enrols the machine's own key where the module is signed with it already; an unsigned module is built anew by a driver's plan. */
export const enrolModuleKey: Remedy = {
  mends: ['kernel/secure-boot-rejects-module'],
  ofKernel: true,
  async mend({ facts, survey }) {
    const modules = await facts.of(nvidiaModuleOnDisk);
    const module = modules.known ? modules.value.find(({ kernel }) => kernel === survey.running) : undefined;
    if (!module?.signer) return { byHand: 'the module is not signed: it is to be built again with a key, or Secure Boot switched off' };
    const distribution = survey.os.known ? distributionOf(survey.os.value) : undefined;
    const signing = distribution?.signing ? signings[distribution.signing] : undefined;
    const there = signing && (await facts.host.stat(signing.certificate));
    if (!signing || there?.outcome !== 'status') return { byHand: `the certificate of ${module.signer} was not found` };
    return {
      steps: [
        step(
          enrolKey,
          { certificate: signing.certificate },
          {
            id: 'enrol-key',
            because: ['kernel/secure-boot-rejects-module'],
            why: `The firmware does not trust ${module.signer} before somebody says so on the console at the next boot`,
            after: [],
          },
        ),
        step(
          reboot,
          { bootId: survey.madeOn.bootId },
          {
            id: 'reboot',
            because: ['kernel/secure-boot-rejects-module'],
            why: 'Only at boot the firmware takes the key',
            after: ['enrol-key'],
          },
        ),
      ],
    };
  },
};
