import { buildReason, buildSeverity } from '../build-severity.js';
import { installCommands } from '../distribution-commands.js';
import type { Facts } from '../fact.js';
import { installedKernels } from '../facts/installed-kernels.js';
import { kernel } from '../facts/kernel.js';
import { packages } from '../facts/packages.js';
import type { Check, RemedyAdvice } from '../finding.js';
import { type BuildNeed, buildNeedOf } from '../running-driver.js';
import { clear, found, undetermined } from '../verdicts.js';

export const noKernelHeaders: Check = {
  id: 'build/no-kernel-headers',
  title: 'Headers of the running kernel are installed',
  link: 'module',
  requires: [],
  about:
    'Looks whether /lib/modules/RELEASE/build leads to a tree with a Makefile. A kernel update that did not bring its headers is the usual reason why the driver is gone after a reboot. Without a GPU it is a note.',
  async examine(facts) {
    const [running, kernels] = [await facts.of(kernel), await facts.of(installedKernels)];
    if (!running.known) return undetermined(running.why);
    if (!kernels.known) return undetermined(kernels.why);
    const { release } = running.value;
    const installed = kernels.value.find((each) => each.release === release);
    if (installed?.headers) return clear(`Headers of ${release} are installed`, `/lib/modules/${release}/build -> ${installed.build}`);
    if (installed && installed.headers === undefined) return undetermined(`/lib/modules/${release}/build could not be looked at`);
    const need = await buildNeedOf(facts);
    return found({
      severity: buildSeverity(need),
      summary: `Headers of the running kernel ${release} are not installed`,
      why: buildReason(need),
      evidence: [
        installed?.build
          ? `/lib/modules/${release}/build -> ${installed.build}, where no Makefile is`
          : installed
            ? `/lib/modules/${release} has no \`build\``
            : `/lib/modules has no ${release}`,
      ],
      ...(need !== 'no-gpu' && need !== 'container' && { remedy: await remedyFor(facts, release, need) }),
    });
  },
};

async function remedyFor(facts: Facts, release: string, need: BuildNeed | undefined): Promise<RemedyAdvice> {
  const installed = await facts.of(packages);
  if (installed.known && !installed.value.some(({ name }) => name.startsWith('linux-image-') && name.includes(release))) {
    const summary = 'This kernel comes from no package: install its headers from where it came, or boot a kernel of the distribution';
    return { summary, commands: [], automatic: false, needs: ['root'] };
  }
  const headers = await installCommands(facts, {
    debian: `linux-headers-${release}`,
    redhat: `kernel-devel-${release}`,
    arch: 'linux-headers',
  });
  const build = need === 'now' ? [`sudo dkms autoinstall -k ${release}`, 'sudo modprobe nvidia'] : [];
  return {
    summary: need === 'now' ? 'Install the headers and let DKMS build the driver' : 'Install the headers',
    commands: [...headers, ...build],
    automatic: false,
    needs: ['root', 'network'],
  };
}
