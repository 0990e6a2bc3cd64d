import { familyOf } from '../../doctor/distribution-commands.js';
import { dkms } from '../../doctor/facts/dkms.js';
import { dkmsLog } from '../../doctor/facts/dkms-log.js';
import { isNvidiaModule } from '../../doctor/running-driver.js';
import { presentOf } from '../driver/common-steps.js';
import { compareKernels } from '../driver/kernels.js';
import { type Step, step } from '../step.js';
import { buildDkms } from '../steps/build-dkms.js';
import { installPackages } from '../steps/install-packages.js';
import { loadModules } from '../steps/load-modules.js';
import type { Remedy, RepairGround } from './remedy.js';

/** Has DKMS build the driver for the running kernel, or for the one that the next boot takes. */
export const buildModule: Remedy = {
  mends: ['driver/dkms-not-built', 'driver/next-kernel-without-module'],
  ofKernel: true,
  async mend(ground, { id }) {
    const builder = await ground.facts.of(dkms);
    const entries = (builder.known && builder.value?.entries.filter(({ module }) => isNvidiaModule(module))) || [];
    if (entries.length === 0) return { byHand: 'DKMS has no driver that it could build' };
    const now = id === 'driver/dkms-not-built';
    const log = await ground.facts.of(dkmsLog);
    if (now && log.known && log.value?.error)
      return { byHand: `the last build ended with an error, and the next would too: ${log.value.error}` };
    const kernel = now ? ground.survey.running : ground.survey.toCome.toSorted(compareKernels).at(-1);
    if (!kernel) return { byHand: 'it is not known for which kernel' };
    const headers = await headersStep(ground, kernel);
    const build = step(
      buildDkms,
      { version: null, kernels: [kernel] },
      {
        id: 'build-module',
        because: [id],
        why: now ? 'Without it the running kernel has no driver' : `The next boot takes ${kernel}, and the driver would be gone`,
        after: headers.map((each) => each.id),
      },
    );
    const load = step(
      loadModules,
      { modules: ['nvidia', 'nvidia_uvm'] },
      { id: 'load-module', because: [id], why: 'The module is built, and nothing else holds the GPU', after: ['build-module'] },
    );
    return { steps: [...headers, build, ...(now ? [load] : [])] };
  },
};

/** The kernel's headers, where they are not there and a package has them. */
async function headersStep(ground: RepairGround, kernel: string): Promise<readonly Step<unknown>[]> {
  const { survey, facts } = ground;
  if (survey.kernels.find(({ release }) => release === kernel)?.headers !== false || (await familyOf(facts)) !== 'debian') return [];
  const packages = [`linux-headers-${kernel}`];
  return [
    step(
      installPackages,
      { packages, refresh: true, recommends: false, hold: false, present: presentOf(ground, packages) },
      { id: `install-headers-${kernel}`, because: ['driver/next-kernel-without-module'], why: 'DKMS builds with them', after: [] },
    ),
  ];
}
