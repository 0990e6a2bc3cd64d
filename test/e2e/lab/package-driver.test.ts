import t from 'tap';
import { publish } from './driver-archive.js';
import { debianDriver, ubuntuDriver } from './driver-packages.js';
import { driverIs, ends, verdicts } from './lab-program.js';
import { openLab } from './lab-system.js';
import { labTree } from './lab-tree.js';
import { must } from './must.js';

t.setTimeout(600_000);

t.test('Debian’s packages: from nouveau to the driver, a newer kernel, and back', async (t) => {
  const lab = await openLab();
  if (typeof lab === 'string') return void t.plan(0, lab);
  t.teardown(() => lab.close());
  publish(lab, debianDriver('535.247.01'));
  await lab.network(true);
  lab.reboot();
  const { older, newer } = lab.kernels;
  const before = labTree(lab);

  const said = await ends(t, lab, 4, ['install-driver', '--dkms', '--yes']);
  t.match(said, /ok {4}enable-components[\s\S]*ok {4}install-build-tools[\s\S]*ok {4}install-driver[\s\S]*ok {4}rebuild-initramfs/);
  t.match(lab.read('/etc/apt/sources.list'), /bookworm main contrib non-free non-free-firmware$/m);
  lab.reboot();
  await ends(t, lab, 0, ['resume', '--after-boot']);
  driverIs(t, lab, '535.247.01', [older], 'nvidia-current');
  for (const [id, verdict] of await verdicts(lab))
    if (/^driver\/(dkms|version|module|packages|libraries)/.test(id)) t.match(verdict, /^(clear|not-applicable)$/, id);
  t.match(await ends(t, lab, 0, ['install-driver', '--dkms', '--yes']), /Nothing to do/);

  must(lab, ['apt-get', 'install', '-y', 'linux-image-cloud-amd64']);
  lab.reboot(newer);
  driverIs(t, lab, '535.247.01', [older, newer], 'nvidia-current');
  lab.reboot(older);
  must(lab, ['apt-get', 'purge', '-y', 'linux-image-cloud-amd64', `linux-image-${newer}`]);
  await ends(t, lab, 0, ['undo', '--yes']);
  lab.reboot();
  t.strictSame(labTree(lab), before, 'paths, modes and contents are as before');
  t.match(lab.read('/proc/modules'), /^nouveau /m, 'and nouveau has the GPU again');
});

t.test('Ubuntu’s packages: a branch, and a newer one in its place', async (t) => {
  const lab = await openLab();
  if (typeof lab === 'string') return void t.plan(0, lab);
  t.teardown(() => lab.close());
  lab.write(
    '/etc/os-release',
    'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n',
  );
  lab.write('/etc/apt/sources.list', 'deb [trusted=yes] http://archive.ubuntu.com/ubuntu noble main\n');
  publish(lab, [...ubuntuDriver('580.95.05'), ...ubuntuDriver('595.58.03')], 'noble');
  await lab.network(true);
  await ends(t, lab, 0, ['install-driver', '--dkms', '--driver', '580', '--yes']);
  driverIs(t, lab, '580.95.05', [lab.kernels.older]);
  t.match(
    await ends(t, lab, 4, ['install-driver', '--dkms', '--driver', '595', '--yes']),
    /the libraries on disk will be others|restarted/,
  );
  lab.reboot();
  await ends(t, lab, 0, ['resume', '--after-boot']);
  driverIs(t, lab, '595.58.03', [lab.kernels.older]);
  t.notMatch(must(lab, ['dpkg', '--list']), /^ii {2}nvidia-\S*-580-/m);
});
