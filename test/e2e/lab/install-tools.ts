import type { Lab } from './lab-system.js';
import { must } from './must.js';

/** Installs what every plan needs, for tests that are about what comes after: it costs each of many runs some seconds. */
export function installTools(lab: Lab): void {
  must(lab, ['apt-get', 'update']);
  must(lab, ['apt-get', 'install', '-y', '--no-install-recommends', 'dkms', 'linux-headers-cloud-amd64']);
  // DKMS has a file in it.
  must(lab, ['update-initramfs', '-u', '-k', lab.kernels.older]);
}
