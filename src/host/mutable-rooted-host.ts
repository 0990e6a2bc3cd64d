import { fileChanges } from './file-changes.js';
import type { MutableHost } from './host.js';
import { unavailable } from './no-answer.js';
import { rootedHost } from './rooted-host.js';

/** A machine that is a folder and may be changed: a mounted image, a chroot, or a test's temporary root. It runs nothing. */
export function mutableRootedHost(root: string): MutableHost {
  return {
    ...rootedHost(root),
    ...fileChanges(root),
    execute: async ({ program }) => unavailable(`\`${program}\` cannot be run: this machine is a folder, not running`),
  };
}
