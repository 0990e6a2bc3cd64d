import { installCommands } from '../distribution-commands.js';
import { installedKernels } from '../facts/installed-kernels.js';
import { kernel } from '../facts/kernel.js';
import { nvidiaModuleOnDisk } from '../facts/nvidia-module-on-disk.js';
import { packages } from '../facts/packages.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';
import { compareVersions } from '../versions.js';

export const nextKernelWithoutModule: Check = {
  id: 'driver/next-kernel-without-module',
  title: 'The kernel of the next boot has an NVIDIA module too',
  link: 'module',
  requires: ['host/no-nvidia-gpu', 'driver/module-missing'],
  about:
    'Compares the newest installed kernel with the running one. An update that came without headers, or whose build failed unseen, takes the GPU away at a reboot months later.',
  async examine(facts) {
    const [running, kernels, modules] = [await facts.of(kernel), await facts.of(installedKernels), await facts.of(nvidiaModuleOnDisk)];
    if (!running.known) return undetermined(running.why);
    if (!kernels.known || !modules.known) return undetermined('/lib/modules could not be looked at');
    const { release } = running.value;
    if (!modules.value.some((module) => module.kernel === release)) return notApplicable('the running kernel has no module of its own');
    const flavour = flavourOf(release);
    const [next] = kernels.value
      .filter((each) => each.complete && flavourOf(each.release) === flavour && compareReleases(each.release, release) > 0)
      .sort((one, other) => compareReleases(other.release, one.release));
    if (!next) return clear(`${release} is the newest installed kernel`);
    const module = modules.value.find((each) => each.kernel === next.release);
    if (module) return clear(`${next.release} has a module too`, module.path);
    const headers = await installCommands(facts, { debian: `linux-headers-${next.release}`, redhat: `kernel-devel-${next.release}` });
    const installed = await facts.of(packages);
    // akmods builds at the boot what is missing.
    const atBoot = installed.known && installed.value.some(({ name }) => /^akmod-nvidia/.test(name));
    return found({
      severity: atBoot ? 'note' : 'warning',
      summary: `The next boot takes ${next.release}, which has no NVIDIA module`,
      why: atBoot
        ? 'akmods builds it while the machine starts, which takes minutes, and needs the headers'
        : 'After the next reboot the driver would be gone',
      evidence: [`no nvidia.ko under /lib/modules/${next.release}`, `its headers are ${next.headers ? '' : 'not '}installed`],
      remedy: {
        summary: 'Build the module for it before you reboot',
        commands: [
          ...(next.headers ? [] : headers),
          atBoot ? `sudo akmods --kernels ${next.release}` : `sudo dkms autoinstall -k ${next.release}`,
        ],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};

/** `generic` of 6.8.0-45-generic: a kernel of another flavour is not the next of this one. */
const flavourOf = (release: string) => release.match(/-([a-z][\w-]*)$/)?.[1] ?? '';

/** 6.8.0-45-generic < 6.8.0-101-generic: the ABI number counts like a part of the version. */
const compareReleases = (one: string, other: string) => compareVersions(one.replaceAll('-', '.'), other.replaceAll('-', '.'));
