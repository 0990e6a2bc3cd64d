import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OverlaySystem, overlaySystem } from '../overlay-system.js';
import { nouveauSource } from './driver-source.js';
import { must } from './must.js';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

/** A Debian 12 with an NVIDIA GPU on its PCI bus, in which everything is real but the kernel and what NVIDIA makes. */
export interface Lab extends OverlaySystem {
  /** `6.1.0-55-cloud-amd64`: the kernel that runs, and a newer one that its archive has. */
  readonly kernels: { readonly older: string; readonly newer: string };
  read(path: string): string;
  /** As after a reboot: nothing is loaded but what real kmod would load for the GPU; into another kernel where one is named. */
  reboot(kernel?: string): void;
  /** Starts what serves the archive at `deb.debian.org`; ends it again. */
  network(on: boolean): Promise<void>;
}

/** Where scripts/prepare/lab.mjs puts the system that all labs begin from: made anew where its recipe changes. */
function baseFolder(): string {
  const recipe = createHash('sha256')
    .update(readFileSync(join(checkout, 'scripts/prepare/lab-base.sh')))
    .digest('hex');
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gpu-setup/lab', `debian-12-${recipe.slice(0, 12)}`);
}

/** Answers why there is none where this machine lets nobody have one. */
export async function openLab(): Promise<Lab | string> {
  const lower = baseFolder();
  if (!existsSync(lower)) return 'the Debian 12 of the lab is not prepared: it needs root, debootstrap and x86_64 (`scripts/test e2e/lab`)';
  const system = await overlaySystem({
    lower,
    argv: ['env', '-u', 'NODE_OPTIONS', '/usr/local/bin/node', '/opt/gpu-setup/dist/cli/main.js'],
    isolated: true,
    size: '2g',
  });
  if (!system) return 'this machine lets nobody mount an overlay, or has no apt';
  const read = (path: string) => must(system, ['cat', path]);
  const kernels = JSON.parse(read('/srv/lab/kernels.json')) as Lab['kernels'];
  furnish(system, kernels.older);
  let server: ReturnType<OverlaySystem['spawn']> | undefined;
  return {
    ...system,
    kernels,
    read,
    reboot(kernel) {
      must(system, ['/usr/local/sbin/boot', ...(kernel ? [kernel] : [])]);
    },
    async network(on) {
      if (!on) return ended(server);
      server = system.spawn([
        'env',
        '-u',
        'NODE_OPTIONS',
        '/usr/local/bin/node',
        '/opt/gpu-setup/test/e2e/lab/archive-server.mjs',
        '/srv/archive',
      ]);
      await new Promise((resolve, reject) => {
        server!.stdout!.once('data', resolve);
        server!.stderr!.setEncoding('utf8').once('data', (text: string) => reject(new Error(`The archive's server: ${text}`)));
      });
    },
    async close() {
      await ended(server);
      await system.close();
    },
  };
}

const ended = (child: ReturnType<OverlaySystem['spawn']> | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill();
  });

/** One GPU, a GeForce RTX 4090, and everything that shows it. */
function furnish(system: OverlaySystem, kernel: string): void {
  system.mount(['--bind', process.execPath], '/usr/local/bin/node');
  system.mount(['--bind', '--options', 'ro', checkout], '/opt/gpu-setup');
  system.mount(['-t', 'tmpfs', '-o', 'mode=755', 'tmpfs'], '/dev');
  for (const [name, minor] of [
    ['null', '3'],
    ['zero', '5'],
    ['full', '7'],
    ['random', '8'],
    ['urandom', '9'],
  ] as const)
    must(system, ['mknod', '-m', '666', `/dev/${name}`, 'c', '1', minor]);
  must(system, ['ln', '-s', '/proc/self/fd', '/dev/fd']);
  must(system, ['mkdir', '-m', '1777', '/dev/shm']);
  for (const name of readdirSync(join(here, 'kernel')).filter((each) => !each.endsWith('.c')))
    system.write(`/usr/local/sbin/${name}`, readFileSync(join(here, 'kernel', name)), 0o755);

  const device = '/sys/devices/pci0000:00/0000:01:00.0';
  const numbers = { vendor: '0x10de', device: '0x2684', class: '0x030000', subsystem_vendor: '0x1043', subsystem_device: '0x88e2' };
  for (const [name, text] of Object.entries(numbers)) system.write(`${device}/${name}`, `${text}\n`);
  system.write(`${device}/modalias`, 'pci:v000010DEd00002684sv00001043sd000088E2bc03sc00i00\n');
  must(system, ['mkdir', '-p', '/sys/bus/pci/devices', '/sys/bus/pci/drivers/nvidia', '/sys/bus/pci/drivers/nouveau', '/sys/module']);
  must(system, ['ln', '-s', '../../../devices/pci0000:00/0000:01:00.0', '/sys/bus/pci/devices/0000:01:00.0']);

  // Files that stand before those of the kernel which runs the lab; what writes them writes in place.
  system.write('/srv/kernel/osrelease', `${kernel}\n`);
  system.write('/srv/kernel/modules', '');
  system.write('/srv/kernel/boot_id', '00000000-0000-4000-8000-000000000001\n');
  system.write('/srv/kernel/cmdline', `BOOT_IMAGE=/boot/vmlinuz-${kernel} root=/dev/vda1 ro quiet\n`);
  system.write(
    '/srv/kernel/version',
    `Linux version ${kernel} (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC\n`,
  );
  must(system, ['mkdir', '-p', '/srv/kernel/driver', '/srv/units']);
  for (const [name, path] of [
    ['osrelease', '/proc/sys/kernel/osrelease'],
    ['boot_id', '/proc/sys/kernel/random/boot_id'],
    ['cmdline', '/proc/cmdline'],
    ['version', '/proc/version'],
    ['driver', '/proc/driver'],
  ] as const)
    system.mount(['--bind', join(system.base, 'srv/kernel', name)], path);
  system.write('/srv/build/kernel.c', readFileSync(join(here, 'kernel/kernel.c')));
  must(system, ['gcc', '-O2', '-shared', '-fPIC', '-o', '/usr/local/lib/lab-kernel.so', '/srv/build/kernel.c']);
  system.write('/etc/ld.so.preload', '/usr/local/lib/lab-kernel.so\n');

  system.write('/etc/hosts', '127.0.0.1 localhost deb.debian.org archive.ubuntu.com\n');
  system.write('/etc/apt/sources.list', 'deb [trusted=yes] http://deb.debian.org/debian bookworm main\n');
  nouveau(system, kernel);
  // The stand-ins are in the image, too, whenever it is made.
  must(system, ['update-initramfs', '-u', '-k', kernel]);
}

/** A module that claims the GPU as the kernel's own driver does, so that kmod has a rival to keep away. */
function nouveau(system: OverlaySystem, kernel: string): void {
  const folder = '/srv/build/nouveau';
  for (const [name, text] of Object.entries(nouveauSource())) system.write(`${folder}/${name}`, text);
  must(system, ['make', '-C', folder, `KERNEL_UNAME=${kernel}`, 'modules']);
  const place = `/lib/modules/${kernel}/kernel/drivers/gpu/drm/nouveau`;
  must(system, ['mkdir', '-p', place]);
  must(system, ['cp', `${folder}/nouveau.ko`, place]);
  must(system, ['depmod', kernel]);
}

/** Writes where a file lies, and not a new one in its place. */
export const overwrite = (system: OverlaySystem, path: string, text: string): void => writeFileSync(join(system.root, path), text);
