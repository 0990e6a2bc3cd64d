import { loadedModules } from '../facts/loaded-modules.js';
import { moduleLoading } from '../facts/module-loading.js';
import { virtualization } from '../facts/virtualization.js';
import type { Check } from '../finding.js';
import { clear, found, undetermined } from '../verdicts.js';

export const modulesNotLoadable: Check = {
  id: 'kernel/modules-not-loadable',
  title: 'The kernel loads modules',
  link: 'module',
  about: 'A kernel without loadable modules, booted with `nomodule` or sealed by kernel.modules_disabled can take no driver.',
  async examine(facts) {
    const [loading, modules, virtual] = [await facts.of(moduleLoading), await facts.of(loadedModules), await facts.of(virtualization)];
    if (modules.known && modules.value.some(({ name }) => name === 'nvidia')) return clear('The NVIDIA module is loaded already');
    if (!loading.known) return undetermined(loading.why);
    if (loading.value.possible) return clear('The kernel takes modules');
    const container = virtual.known && virtual.value.kind === 'container';
    return found({
      severity: 'blocker',
      summary: 'The running kernel takes no modules',
      why: 'The NVIDIA driver is a kernel module',
      evidence: [`${loading.source}: ${loading.value.because}`],
      remedy: {
        summary: container
          ? 'The kernel is that of the machine outside this container: install the driver there'
          : 'Boot a kernel of the distribution, without `nomodule`',
        commands: [],
        automatic: false,
        needs: ['reboot'],
      },
    });
  },
};
