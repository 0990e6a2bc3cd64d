import { initramfsCommands } from '../distribution-commands.js';
import { initramfsContents } from '../facts/initramfs-contents.js';
import { moduleBlacklist } from '../facts/module-blacklist.js';
import type { Check } from '../finding.js';
import { gpusOf } from '../gpus.js';
import { inContainer } from '../in-container.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const nouveauInInitramfs: Check = {
  id: 'kernel/nouveau-in-initramfs',
  title: 'The early boot images know that nouveau is forbidden',
  link: 'binding',
  requires: ['host/no-nvidia-gpu', 'kernel/nouveau-loaded', 'kernel/nouveau-not-blacklisted'],
  about:
    'Lists the initramfs of each installed kernel. One that holds nouveau and not the file that forbids it loads nouveau before the real root is there: `blacklist` in /etc/modprobe.d does nothing until the image is built anew, for every kernel.',
  async examine(facts) {
    const look = await gpusOf(facts);
    if ('verdict' in look) return look.verdict;
    if (await inContainer(facts)) return notApplicable('the machine outside this container boots');
    const blacklist = await facts.of(moduleBlacklist);
    if (!blacklist.known) return undetermined(blacklist.why);
    const forbidden = blacklist.value.filter(({ module, how }) => module === 'nouveau' && how !== 'options');
    // The command line holds from the first moment on, whatever an image says.
    if (forbidden.some(({ where }) => where === '/proc/cmdline')) return clear('The kernel command line forbids nouveau');
    const files = new Set(forbidden.map(({ where }) => where.replace(/:\d+$/, '').split('/').at(-1)!));
    if (files.size === 0) return notApplicable('no file forbids nouveau');
    const images = await facts.of(initramfsContents);
    if (!images.known) return undetermined(images.why);
    if (images.value.length === 0) return notApplicable('no early boot image here can be listed');
    const stale = images.value.filter(
      ({ modules, modprobeFiles }) => modules.includes('nouveau') && !modprobeFiles.some((file) => files.has(file)),
    );
    if (stale.length === 0) return clear('No early boot image loads nouveau', ...images.value.map(({ image }) => image));
    return found({
      severity: 'warning',
      summary: `The initramfs of ${stale.map(({ kernel }) => kernel).join(', ')} is older than the file that forbids nouveau`,
      why: 'It loads nouveau at the next boot, before /etc/modprobe.d can be read',
      evidence: [
        ...stale.map(({ image }) => `${image} holds nouveau.ko, and none of ${[...files].join(', ')}`),
        ...forbidden.map(({ where, line }) => `${where}: ${line}`),
      ],
      remedy: {
        summary: 'Build the images anew, of every installed kernel',
        commands: await initramfsCommands(facts),
        automatic: true,
        needs: ['root'],
      },
    });
  },
};
