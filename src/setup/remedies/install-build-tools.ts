import { familyOf } from '../../doctor/distribution-commands.js';
import type { CheckId } from '../../doctor/finding.js';
import { presentOf } from '../driver/common-steps.js';
import { headersMetaPackage } from '../driver/kernels.js';
import { step } from '../step.js';
import { installPackages } from '../steps/install-packages.js';
import type { Remedy, RepairGround } from './remedy.js';

const plain: Readonly<Partial<Record<CheckId, string>>> = {
  'build/no-gcc': 'gcc',
  'build/no-make': 'make',
  'build/no-libc-headers': 'libc6-dev',
};

/** Installs what modules are built with: headers of the running kernel and the package that keeps them there, gcc, make. */
export const installBuildTools: Remedy = {
  mends: ['build/no-kernel-headers', 'build/no-gcc', 'build/no-make', 'build/no-libc-headers'],
  ofKernel: true,
  async mend(ground, { id }) {
    if ((await familyOf(ground.facts)) !== 'debian') return { byHand: 'packages are planned for Debian and its kin alone' };
    const name = plain[id];
    const packages = name ? [name] : headers(ground);
    if (packages.length === 0) return { byHand: 'this kernel comes from no package, so no package has its headers' };
    return {
      steps: [
        step(
          installPackages,
          { packages, refresh: true, recommends: false, hold: false, present: presentOf(ground, packages) },
          {
            id: name ? `install-${name}` : 'install-headers',
            because: [id],
            why: 'The kernel module is built with it, and again for each new kernel',
            after: [],
          },
        ),
      ],
    };
  },
};

function headers({ survey }: RepairGround): readonly string[] {
  const { running, packages, os } = survey;
  const installed = packages.known ? packages.value : [];
  if (!running || !os.known || (packages.known && !installed.some(({ name }) => name.startsWith('linux-image-') && name.includes(running))))
    return [];
  const meta = headersMetaPackage(os.value.id, running, installed);
  return [`linux-headers-${running}`, ...(meta ? [meta] : [])];
}
