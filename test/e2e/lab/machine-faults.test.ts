import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { toTheEnd } from '../cut-off.js';
import { publish } from './driver-archive.js';
import { debianDriver } from './driver-packages.js';
import { installTools } from './install-tools.js';
import { driverIs, ends } from './lab-program.js';
import { openLab } from './lab-system.js';
import { labTree } from './lab-tree.js';
import { must } from './must.js';
import { makeRunFile } from './run-file.js';

t.setTimeout(900_000);

const opened = await openLab();
const skip = typeof opened === 'string' ? opened : false;
const lab = opened as Exclude<typeof opened, string>;
if (!skip) t.teardown(() => lab.close());
const file = '/root/NVIDIA-Linux-x86_64-580.95.05.run';
const byRun = ['install-driver', '--dkms', '--run', file, '--yes'];
const byPackages = ['install-driver', '--dkms', '--yes'];
const resume = ['resume', '--yes'];
let before: ReadonlyMap<string, string>;

async function back(t: Test): Promise<void> {
  await ends(t, lab, 0, ['undo', '--yes']);
  t.strictSame(labTree(lab), before, 'as before');
}

t.test('the tools that both ways need are there', { skip }, async () => {
  publish(lab, debianDriver('535.247.01'));
  makeRunFile(lab, '580.95.05');
  await lab.network(true);
  installTools(lab);
  before = labTree(lab);
});

t.test('a full disk in DKMS and in apt’s cache, and a read-only /etc', { skip }, async (t) => {
  const faults = [
    {
      args: byRun,
      path: '/var/lib/dkms',
      mount: ['-t', 'tmpfs', '-o', 'size=64k,mode=755', 'tmpfs'],
      said: /Step `(install-driver|build-module)` failed[\s\S]*(space|DKMS)/i,
    },
    {
      args: byPackages,
      path: '/var/cache/apt/archives',
      mount: ['-t', 'tmpfs', '-o', 'size=8k,mode=755', 'tmpfs'],
      said: /Step `install-driver` failed[\s\S]*(enough free space|No space left)/,
    },
    { args: byRun, path: '/etc', mount: ['--bind', '--options', 'ro', join(lab.base, 'etc')], said: /read-only/i },
  ];
  for (const { args, path, mount, said } of faults) {
    lab.mount(mount, path);
    t.match(await ends(t, lab, 3, args), said, path);
    must(lab, ['umount', path]);
    await ends(t, lab, 0, resume);
    await back(t);
  }
});

t.test('a .run that was damaged after it was planned for is not unpacked', { skip }, async (t) => {
  const whole = readFileSync(join(lab.root, file));
  await ends(t, lab, 0, [...byRun, '--until', 'rebuild-initramfs']);
  const broken = Buffer.from(whole);
  broken.fill(0x5a, broken.length - 4000, broken.length - 3000);
  writeFileSync(join(lab.root, file), broken);
  t.match(await ends(t, lab, 3, resume), /Step `install-driver` failed[\s\S]*(checksum|damaged|SHA-256)/i);
  t.equal(lab.run(['ls', '/usr/bin/nvidia-smi']).code, 2, 'nothing of it is installed');
  writeFileSync(join(lab.root, file), whole);
  await ends(t, lab, 0, resume);
  driverIs(t, lab, '580.95.05', [lab.kernels.older]);
  await back(t);
});

t.test('the clock jumps back two days in the middle', { skip }, async (t) => {
  await ends(t, lab, 0, [...byRun, '--until', 'rebuild-initramfs']);
  const past = { LD_PRELOAD: '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1', FAKETIME: '-2d', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  const ran = await toTheEnd({ ...lab, start: (args) => lab.start(args, past) }, [...resume, '--json']);
  t.equal(ran.code, 0, ran.stderr);
  const { events } = JSON.parse(ran.stdout) as { events: readonly { ms?: number }[] };
  t.ok(events.every(({ ms = 0 }) => ms >= 0));
  driverIs(t, lab, '580.95.05', [lab.kernels.older]);
  t.match(await ends(t, lab, 0, ['history']), /0\d\d\d {2}driver/);
  await back(t);
});
