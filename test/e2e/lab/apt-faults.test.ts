import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { toTheEnd } from '../cut-off.js';
import { publish } from './driver-archive.js';
import { debianDriver } from './driver-packages.js';
import { installTools } from './install-tools.js';
import { driverIs, ends } from './lab-program.js';
import { openLab } from './lab-system.js';
import { labTree } from './lab-tree.js';
import { must } from './must.js';

t.setTimeout(900_000);

const opened = await openLab();
const skip = typeof opened === 'string' ? opened : false;
const lab = opened as Exclude<typeof opened, string>;
if (!skip) t.teardown(() => lab.close());
const byPackages = ['install-driver', '--dkms', '--yes'];
const resume = ['resume', '--yes'];
let before: ReadonlyMap<string, string>;

async function back(t: Test): Promise<void> {
  await ends(t, lab, 0, ['undo', '--yes']);
  t.strictSame(labTree(lab), before, 'as before');
}

t.test('the tools that both ways need are there', { skip }, async () => {
  publish(lab, debianDriver('535.247.01'));
  await lab.network(true);
  installTools(lab);
  before = labTree(lab);
});

t.test('no network: apt’s own words, nothing installed, and resume when it is back', { skip }, async (t) => {
  await lab.network(false);
  const said = await ends(t, lab, 3, byPackages);
  t.match(
    said,
    /error: Step `install-driver` failed: .*apt-get[\s\S]*(Could not connect|Unable to locate|Failed to fetch|no installation candidate)/,
  );
  await lab.network(true);
  await ends(t, lab, 0, resume);
  driverIs(t, lab, '535.247.01', [lab.kernels.older], 'nvidia-current');
  await back(t);
});

t.test('somebody else’s apt holds the lock: it is waited for', { skip }, async (t) => {
  const hold =
    'use Fcntl; open(F, ">>", "/var/lib/dpkg/lock-frontend"); my $lock = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $lock) or die; $| = 1; print "held\\n"; <STDIN>';
  const holder = lab.spawn(['perl', '-e', hold]);
  await new Promise((resolve) => holder.stdout!.once('close', resolve).once('data', resolve));
  const running = ends(t, lab, 0, byPackages);
  let [waits, over] = [false, false];
  void running.then(() => {
    over = true;
  });
  while (!waits && !over) {
    await sleep(200);
    waits = lab.run(['grep', '-rq', 'Could not get lock', '/var/lib/gpu-setup/plans']).code === 0;
  }
  t.equal(holder.exitCode, null, 'it is held all the while');
  t.ok(waits, 'apt says that it waits');
  holder.stdin!.end();
  await running;
  await back(t);
});

for (const name of ['dpkg', 'apt-get']) {
  t.test(`\`${name}\` killed at work: an error, and resume configures what is half done`, { skip }, async (t) => {
    const running = toTheEnd(lab, byPackages);
    let [killed, over] = [false, false];
    void running.then(() => {
      over = true;
    });
    while (!killed && !over) {
      await sleep(5);
      const configured = lab.processes().some((each) => each.name === 'common.postinst');
      const victim = configured ? lab.processes().find((each) => each.name === name && each.ofARun) : undefined;
      if (victim) killed = process.kill(victim.pid, 'SIGKILL');
    }
    const ran = await running;
    t.equal(ran.code, 3, ran.stderr);
    t.match(ran.stderr, /Step `install-driver` failed: .*apt-get/);
    t.not(must(lab, ['dpkg', '--audit']), '', 'packages are left half done');
    await ends(t, lab, 0, resume);
    t.equal(must(lab, ['dpkg', '--audit']), '');
    driverIs(t, lab, '535.247.01', [lab.kernels.older], 'nvidia-current');
    await back(t);
  });
}

t.test('dpkg was interrupted before we came: it is brought to its end first', { skip }, async (t) => {
  lab.write(
    '/srv/build/half/DEBIAN/control',
    'Package: half\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: x\n',
  );
  must(lab, ['dpkg-deb', '--build', '/srv/build/half', '/srv/build/half.deb']);
  must(lab, ['dpkg', '--unpack', '/srv/build/half.deb']);
  await ends(t, lab, 0, byPackages);
  t.match(must(lab, ['dpkg', '--list', 'half']), /^ii {2}half/m);
  must(lab, ['dpkg', '--purge', 'half']);
  await back(t);
});
