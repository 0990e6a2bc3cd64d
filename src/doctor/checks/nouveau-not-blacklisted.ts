import type { HostPath } from '../../host/host.js';
import { initramfsCommands } from '../distribution-commands.js';
import { kernel } from '../facts/kernel.js';
import { moduleBlacklist } from '../facts/module-blacklist.js';
import { nouveauModule } from '../facts/nouveau-module.js';
import type { Check } from '../finding.js';
import { gpusOf } from '../gpus.js';
import { inContainer } from '../in-container.js';
import { blacklistCommand } from '../nouveau.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const nouveauNotBlacklisted: Check = {
  id: 'kernel/nouveau-not-blacklisted',
  title: 'nouveau is kept from loading at the next boot',
  link: 'binding',
  requires: ['host/no-nvidia-gpu', 'kernel/nouveau-loaded'],
  about: 'Looks for `blacklist nouveau` in every modprobe.d and on the kernel command line, where the running kernel has a nouveau at all.',
  async examine(facts) {
    const look = await gpusOf(facts);
    if ('verdict' in look) return look.verdict;
    if (await inContainer(facts)) return notApplicable('the machine outside this container decides which modules load');
    const blacklist = await facts.of(moduleBlacklist);
    if (!blacklist.known) return undetermined(blacklist.why);
    const [forbidden] = blacklist.value.filter(({ module, how }) => module === 'nouveau' && how !== 'options');
    if (forbidden) return clear('nouveau is blacklisted', `${forbidden.where}: ${forbidden.line}`);
    const [running, nouveau] = [await facts.of(kernel), await facts.of(nouveauModule)];
    if (nouveau.known && nouveau.value === null && running.known) return clear(`Kernel ${running.value.release} has no nouveau`);
    return found({
      severity: 'warning',
      summary: 'Nothing keeps nouveau from loading',
      why: 'At the next boot it may take the GPU before the NVIDIA driver does',
      evidence: [
        nouveau.known && nouveau.value ? `${nouveau.value satisfies HostPath}` : 'no line of modprobe.d or of the kernel command line',
      ],
      remedy: {
        summary: 'Blacklist nouveau and rebuild the initramfs',
        commands: [blacklistCommand, ...(await initramfsCommands(facts))],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};
