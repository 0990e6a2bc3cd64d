import { initramfsCommands } from '../distribution-commands.js';
import { loadedModules } from '../facts/loaded-modules.js';
import { moduleBlacklist } from '../facts/module-blacklist.js';
import type { Check } from '../finding.js';
import { gpusOf } from '../gpus.js';
import { followedOutside } from '../in-container.js';
import { blacklistCommand } from '../nouveau.js';
import { clear, found, undetermined } from '../verdicts.js';

export const nouveauLoaded: Check = {
  id: 'kernel/nouveau-loaded',
  title: 'nouveau is not loaded',
  link: 'binding',
  about:
    'Looks at which driver owns each GPU, at the loaded modules, and at what modprobe.d and the kernel command line forbid. nouveau and the NVIDIA driver cannot share a GPU. Blacklisted and loaded all the same means that the initramfs still has the old word.',
  async examine(facts) {
    const look = await gpusOf(facts);
    if ('verdict' in look) return look.verdict;
    const { gpus } = look;
    const modules = await facts.of(loadedModules);
    const owned = gpus.filter(({ driver }) => driver === 'nouveau');
    if (!modules.known && owned.length === 0) return undetermined(modules.why);
    const loaded = modules.known && modules.value.find(({ name }) => name === 'nouveau');
    if (owned.length === 0 && !loaded) return clear('nouveau is not loaded');

    const blacklist = await facts.of(moduleBlacklist);
    const forbidden = blacklist.known ? blacklist.value.filter(({ module, how }) => module === 'nouveau' && how !== 'options') : [];
    const rebuild = await initramfsCommands(facts);
    return found({
      // Beside a working NVIDIA GPU, or owning none, it does no harm yet.
      severity: owned.length > 0 && !gpus.some(({ driver }) => driver === 'nvidia') ? 'blocker' : 'warning',
      summary:
        owned.length > 0
          ? `nouveau owns ${owned.length === 1 ? 'the GPU' : 'the GPUs'} ${owned.map(({ address }) => address).join(', ')}`
          : 'nouveau is loaded, and owns no GPU',
      why: 'Two drivers cannot share a GPU: while nouveau has it the NVIDIA driver neither installs nor starts',
      evidence: [
        ...owned.map(({ address }) => `/sys/bus/pci/devices/${address}/driver -> nouveau`),
        ...(loaded ? [`/proc/modules: nouveau ${loaded.references} ${loaded.usedBy.join(',') || '-'} ${loaded.state}`] : []),
        ...(forbidden.length > 0
          ? forbidden.map(({ where, line }) => `${where}: ${line} (and it was loaded all the same: the initramfs is older)`)
          : blacklist.known
            ? ['nothing in modprobe.d or on the kernel command line keeps it from loading']
            : []),
      ],
      remedy: await followedOutside(facts, {
        summary:
          forbidden.length > 0
            ? 'It is forbidden already: rebuild the initramfs and reboot'
            : 'Forbid nouveau, rebuild the initramfs and reboot',
        commands: [...(forbidden.length > 0 ? [] : [blacklistCommand]), ...rebuild, 'sudo systemctl reboot'],
        automatic: false,
        needs: ['root', 'reboot'],
      }),
    });
  },
};
