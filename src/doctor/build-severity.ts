import type { Severity } from './finding.js';
import type { BuildNeed } from './running-driver.js';

/** How bad it is that something is missing that modules are built with. */
export function buildSeverity(need: BuildNeed | undefined): Severity {
  switch (need) {
    case 'now':
      return 'blocker';
    case 'to-install':
    case 'later':
      return 'warning';
    case 'prebuilt':
    case 'no-gpu':
    case 'container':
    case undefined:
      return 'note';
  }
}

/** Why it matters, in the same terms. */
export function buildReason(need: BuildNeed | undefined): string {
  switch (need) {
    case 'now':
      return 'DKMS has a driver here and cannot build it for the running kernel';
    case 'to-install':
      return 'The driver’s kernel module is built with it';
    case 'later':
      return 'The driver’s kernel module must be built again for the next kernel';
    case 'prebuilt':
      return 'Nothing of the driver is built here: its modules come in packages';
    case 'no-gpu':
      return 'Only a driver would need it here, and there is no NVIDIA GPU';
    case 'container':
      return 'Only a driver would need it, and that is built on the machine outside this container';
    case undefined:
      return 'A driver’s kernel module is built with it';
  }
}
