import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { mutableRootedHost } from '../../src/host/mutable-rooted-host.js';
import type { Plan } from '../../src/setup/plan.js';
import { plannedStep } from '../../src/setup/planned-step.js';
import { type Step, step } from '../../src/setup/step.js';
import { installPackages } from '../../src/setup/steps/install-packages.js';
import { removeFile } from '../../src/setup/steps/remove-file.js';
import { startUnit } from '../../src/setup/steps/start-unit.js';
import { stopUnit } from '../../src/setup/steps/stop-unit.js';
import { writeFile } from '../../src/setup/steps/write-file.js';
import type { OverlaySystem } from './overlay-system.js';

const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const about = (id: string, after: readonly string[] = []) => ({ id, because: [], why: 'The test wants it', after });
const unit = 'display-manager.service';

/** Stops a unit, writes and removes files, installs packages, and starts the unit again. */
export const fileSteps: readonly Step<unknown>[] = [
  step(stopUnit, { unit }, about('stop-display')),
  step(writeFile, { path: '/etc/modprobe.d/gpu-setup-test.conf', text: 'blacklist nouveau\n' }, about('blacklist', ['stop-display'])),
  step(removeFile, { path: '/etc/gpu-setup-old.conf' }, about('remove-old', ['blacklist'])),
  step(writeFile, { path: '/etc/gpu-setup-kept.conf', text: 'new\n' }, about('change-kept', ['remove-old'])),
  step(writeFile, { path: '/etc/gpu-setup-new/deep/file.conf', text: 'x\n' }, about('write-deep', ['change-kept'])),
];
export const packageSteps: readonly Step<unknown>[] = [
  step(
    installPackages,
    { packages: ['gs-probe'], refresh: true, recommends: false, hold: true, present: [] },
    about('install-probe', ['blacklist']),
  ),
];
export const endSteps: readonly Step<unknown>[] = [step(startUnit, { unit }, about('start-display', ['blacklist']))];

/** A plan of `steps` for the system, as it now is. */
export async function planOf({ root }: OverlaySystem, steps: readonly Step<unknown>[], more: Partial<Plan> = {}): Promise<Plan> {
  const host = mutableRootedHost(root);
  return {
    format: 1,
    outcome: 'plan',
    goal: 'driver',
    madeBy: 'gpu-setup test',
    madeOn: {
      machineId: readFileSync('/etc/machine-id', 'utf8').trim(),
      bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      kernel: release(),
      distribution: null,
      architecture: null,
    },
    assumptions: [],
    facts: [],
    decisions: [],
    preflight: [],
    warnings: [],
    steps: await Promise.all(steps.map((each) => plannedStep(each, host))),
    afterReboot: [],
    needs: ['root'],
    complete: true,
    proof: [],
    ...more,
  };
}

/** systemd is not running in a namespace: units are files of a folder. */
const systemctl = `#!/bin/sh
case "$1" in
  is-active) if [ -e "/srv/units/$2" ]; then echo active; else echo inactive; exit 3; fi ;;
  start) : > "/srv/units/$2" ;;
  stop) rm -f "/srv/units/$2" ;;
  *) exec /usr/bin/systemctl "$@" ;;
esac
`;

/** Files that the plan's steps find. */
export function furnish(system: OverlaySystem): void {
  system.write('/etc/modprobe.d/others.conf', '# of somebody else\n');
  system.write('/usr/local/sbin/systemctl', systemctl, 0o755);
  system.write(`/srv/units/${unit}`, '');
  // Not UTF-8, and no newline at the end.
  system.write('/etc/gpu-setup-old.conf', Buffer.from([0x23, 0xff, 0xfe, 0x00, 0x0d, 0x0a, 0x78]), 0o640);
  system.write('/etc/gpu-setup-kept.conf', 'old\n', 0o600);
}

/** State of our own, the plans of the test, and what every apt leaves: its logs, its lists and caches and the catalogue made of them, and older copies of dpkg's lists. */
export const exceptions = [
  /^\/var\/lib\/gpu-setup(\/|$)/,
  /^\/var\/log(\/|$)/,
  /^\/var\/cache(\/|$)/,
  /^\/var\/lib\/(apt\/lists|swcatalog)(\/|$)/,
  /^\/var\/lib\/dpkg\/(.*-old|lock.*|triggers\/Lock)$/,
  /^\/root\/[^/]*\.json$/,
  /^\/(tmp|run|var\/tmp|proc|dev)(\/|$)/,
  // This checkout and the caches of this user, which the tests that run beside write to.
  /^\/root\/\.(cache|config|local|npm)(\/|$)/,
  new RegExp(`^${checkout.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(/|$)`),
];
