import { buildReason, buildSeverity } from '../build-severity.js';
import { installCommands } from '../distribution-commands.js';
import { installedKernels } from '../facts/installed-kernels.js';
import { kernel } from '../facts/kernel.js';
import type { Check } from '../finding.js';
import { buildNeedOf } from '../running-driver.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const noModuleSymvers: Check = {
  id: 'build/no-module-symvers',
  title: 'The kernel headers are complete',
  link: 'module',
  requires: ['build/no-kernel-headers'],
  about:
    'Looks for Module.symvers in a tree of headers that has its scripts and includes. A source tree that was never built has none, and a module built against it does not load (`The Module.symvers file is missing`).',
  async examine(facts) {
    const [running, kernels] = [await facts.of(kernel), await facts.of(installedKernels)];
    if (!running.known) return undetermined(running.why);
    if (!kernels.known) return undetermined(kernels.why);
    const { release } = running.value;
    const installed = kernels.value.find((each) => each.release === release);
    if (!installed?.headers) return notApplicable('there are no headers');
    if (installed.symvers) return clear('Module.symvers is there');
    if (installed.symvers === undefined) return notApplicable('the tree is no ordinary one');
    const need = await buildNeedOf(facts);
    return found({
      severity: buildSeverity(need),
      summary: `The headers of ${release} have no Module.symvers`,
      why: buildReason(need),
      evidence: [`no Module.symvers in ${installed.build ?? `/lib/modules/${release}/build`}`],
      remedy: {
        summary: 'Install the headers again; of a kernel of your own, build it and its modules in that tree',
        commands: await installCommands(facts, { debian: `--reinstall linux-headers-${release}`, redhat: `kernel-devel-${release}` }),
        automatic: false,
        needs: ['root', 'network'],
      },
    });
  },
};
