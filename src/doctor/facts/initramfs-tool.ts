import { type Fact, known, unknown } from '../fact.js';

/** What rebuilds the early boot image here; null where nothing does. */
export const initramfsTool: Fact<'update-initramfs' | 'dracut' | 'mkinitcpio' | null> = {
  name: 'initramfsTool',
  async read(host) {
    // Debian's and Ubuntu's own comes first; where dracut replaced it, its program is not there.
    const places = [
      ['update-initramfs', '/usr/sbin/update-initramfs'],
      ['dracut', '/usr/bin/dracut'],
      ['dracut', '/usr/sbin/dracut'],
      ['mkinitcpio', '/usr/bin/mkinitcpio'],
    ] as const;
    for (const [tool, path] of places) {
      const status = await host.stat(path);
      if (status.outcome === 'status') return known(tool, path);
      if (status.outcome === 'unavailable') return unknown(`${path}: ${status.why}`);
    }
    return known(null, 'none of update-initramfs, dracut and mkinitcpio is installed');
  },
};
