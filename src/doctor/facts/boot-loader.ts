import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known, unknown } from '../fact.js';

/** What decides the kernel's command line at the next boot, and how it is told. */
export type BootLoader =
  /** Changes the entries of every kernel, whatever reads them. */
  | { readonly kind: 'grubby' }
  /** Pop!_OS: keeps options for systemd-boot. */
  | { readonly kind: 'kernelstub' }
  /** `dropIns`: files of /etc/default/grub.d count too, as on Debian and Ubuntu. */
  | {
      readonly kind: 'grub';
      readonly program: 'update-grub' | 'grub-mkconfig' | 'grub2-mkconfig';
      readonly menu: HostPath;
      readonly dropIns: boolean;
    }
  /** systemd-boot, whose entries kernel-install makes from /etc/kernel/cmdline. */
  | { readonly kind: 'kernel-install' };

const grubs = [
  { program: 'update-grub', path: '/usr/sbin/update-grub', script: '/usr/sbin/grub-mkconfig', menu: '/boot/grub/grub.cfg' },
  { program: 'grub2-mkconfig', path: '/usr/sbin/grub2-mkconfig', script: '/usr/sbin/grub2-mkconfig', menu: '/boot/grub2/grub.cfg' },
  { program: 'grub-mkconfig', path: '/usr/bin/grub-mkconfig', script: '/usr/bin/grub-mkconfig', menu: '/boot/grub/grub.cfg' },
] as const;

/** What boots this machine, as far as its kernel parameters go; null where nothing is found that we know. */
export const bootLoader: Fact<BootLoader | null> = {
  name: 'bootLoader',
  async read(host) {
    const isThere = async (path: HostPath) => {
      const status = await host.stat(path);
      if (status.outcome === 'unavailable') throw new Unseen(`${path}: ${status.why}`);
      return status.outcome === 'status';
    };
    try {
      if (await isThere('/etc/kernelstub/configuration')) return known({ kind: 'kernelstub' }, '/etc/kernelstub/configuration');
      for (const path of ['/usr/sbin/grubby', '/sbin/grubby'] as const) if (await isThere(path)) return known({ kind: 'grubby' }, path);
      for (const { program, path, script, menu } of grubs) {
        if (!(await isThere(path)) || !(await isThere('/etc/default/grub'))) continue;
        return known({ kind: 'grub', program, menu, dropIns: await readsDropIns(host, script) }, path);
      }
      if (await isThere('/etc/kernel/cmdline')) return known({ kind: 'kernel-install' }, '/etc/kernel/cmdline');
      return known(null, 'none of kernelstub, grubby, GRUB and /etc/kernel/cmdline is here');
    } catch (error) {
      if (error instanceof Unseen) return unknown(error.message);
      throw error;
    }
  },
};

class Unseen extends Error {}

/** Whether this GRUB's own script reads /etc/default/grub.d, which is a change of the distribution's. */
async function readsDropIns(host: Host, script: HostPath): Promise<boolean> {
  const text = await host.read(script);
  return text.outcome === 'text' && /default\/grub\.d/.test(text.text);
}
