import { initramfsContents } from '../../doctor/facts/initramfs-contents.js';
import type { HostPath } from '../../host/host.js';
import { step } from '../step.js';
import { rebuildInitramfs } from '../steps/rebuild-initramfs.js';
import type { Remedy } from './remedy.js';

/** Builds the early boot images anew that are older than the file that forbids nouveau. */
export const rebuildImages: Remedy = {
  mends: ['kernel/nouveau-in-initramfs'],
  ofKernel: true,
  async mend({ facts, survey }) {
    const images = await facts.of(initramfsContents);
    const forbidden = survey.blacklist.known
      ? survey.blacklist.value.find(({ module, how, where }) => module === 'nouveau' && how !== 'options' && where !== '/proc/cmdline')
      : undefined;
    const tool = survey.initramfs.known ? survey.initramfs.value : null;
    if (!images.known || !forbidden || !tool) return { byHand: 'it is not known what builds the early boot images here' };
    const holds = forbidden.where.replace(/:\d+$/, '') as HostPath;
    const kernels = images.value.filter(({ modules }) => modules.includes('nouveau')).map(({ kernel }) => kernel);
    return {
      steps: [
        step(
          rebuildInitramfs,
          { tool, kernels, holds },
          {
            id: 'rebuild-initramfs',
            because: ['kernel/nouveau-in-initramfs'],
            why: `These images were made before ${holds}, and load nouveau before the disk is there`,
            after: [],
          },
        ),
      ],
    };
  },
};
