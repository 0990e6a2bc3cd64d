import { type Fact, known } from '../fact.js';

/** Signs of who installed a driver, and what a .run installer would stop at. */
export interface DriverLeftovers {
  /** A driver of a .run installer is there: its uninstaller is. Undefined where nobody could look. */
  readonly runDriver: boolean | undefined;
  /** Hooks of the distribution that make a silent .run installer give up: packages are there, or could be had. */
  readonly alternateInstall: readonly ('present' | 'available')[];
}

/** What earlier installations left (nvidia-installer misc.c: it looks for both files in /usr/lib/nvidia). */
export const driverLeftovers: Fact<DriverLeftovers> = {
  name: 'driverLeftovers',
  async read(host) {
    const uninstaller = await host.stat('/usr/bin/nvidia-uninstall');
    const alternateInstall: ('present' | 'available')[] = [];
    for (const which of ['present', 'available'] as const) {
      if ((await host.stat(`/usr/lib/nvidia/alternate-install-${which}`)).outcome === 'status') alternateInstall.push(which);
    }
    const runDriver = uninstaller.outcome === 'unavailable' ? undefined : uninstaller.outcome === 'status';
    return known({ runDriver, alternateInstall }, '/usr/bin/nvidia-uninstall and /usr/lib/nvidia');
  },
};
