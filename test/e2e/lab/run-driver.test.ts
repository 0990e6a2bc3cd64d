import t from 'tap';
import { publish } from './driver-archive.js';
import { driverIs, ends, verdicts } from './lab-program.js';
import { openLab } from './lab-system.js';
import { labTree } from './lab-tree.js';
import { must } from './must.js';
import { makeRunFile } from './run-file.js';

t.setTimeout(600_000);

const opened = await openLab();
const skip = typeof opened === 'string' ? opened : false;
const lab = opened as Exclude<typeof opened, string>;
if (!skip) t.teardown(() => lab.close());
const install = (file: string) => ['install-driver', '--dkms', '--run', file, '--yes'];

t.test('the installer of the lab gives up over what NVIDIA’s gives up over', { skip }, async (t) => {
  const file = makeRunFile(lab, '580.95.05');
  const silent = (...args: readonly string[]) => lab.run(['sh', file, '--silent', ...args]);
  t.match(lab.run(['sh', file, '--check']), { code: 0 });
  t.match(silent('--no-such-flag'), { code: 1, stderr: /unrecognized option: "--no-such-flag"/ });
  t.match(lab.run(['sh', makeRunFile(lab, '550.54.14'), '--silent', '--kernel-module-type=open']), {
    code: 1,
    stderr: /unrecognized option/,
  });
  lab.reboot();
  t.match(lab.read('/proc/modules'), /^nouveau /m, 'kmod gives the GPU to nouveau');
  t.match(silent(), { code: 1, stderr: /Nouveau kernel driver is currently in use/ });
  lab.write('/usr/lib/nvidia/alternate-install-available', 'Packages are there.\n');
  t.match(silent(), { code: 1, stderr: /alternate driver installation/ });
  lab.write('/tmp/.X0-lock', '         1\n');
  t.match(silent('--no-check-for-alternate-installs'), { code: 1, stderr: /running an X server/ });
  t.match(lab.read('/var/log/nvidia-installer.log'), /^ERROR: Installation has failed/m);
  must(lab, ['rm', '-r', '/usr/lib/nvidia', '/tmp/.X0-lock', '/root/NVIDIA-Linux-x86_64-550.54.14.run']);
});

t.test('from nouveau on a desktop to the driver, a newer kernel, a newer driver, and back', { skip }, async (t) => {
  publish(lab, []);
  await lab.network(true);
  const file = '/root/NVIDIA-Linux-x86_64-580.95.05.run';
  lab.write('/usr/lib/nvidia/alternate-install-available', 'Packages are there.\n');
  must(lab, ['ln', '-s', '/lib/systemd/system/lightdm.service', '/etc/systemd/system/display-manager.service']);
  must(lab, ['systemctl', 'start', 'display-manager.service']);
  const { older, newer } = lab.kernels;
  const before = labTree(lab);

  const first = await ends(t, lab, 4, install(file));
  t.match(
    first,
    /ok {4}install-build-tools[\s\S]*ok {4}blacklist-nouveau[\s\S]*ok {4}rebuild-initramfs[\s\S]*goes on by itself after the boot/,
  );
  t.match(must(lab, ['lsinitramfs', `/boot/initrd.img-${older}`]), /^etc\/modprobe\.d\/gpu-setup-nouveau\.conf$/m);
  t.match(lab.read('/etc/systemd/system/gpu-setup-resume.service'), /"resume" "--after-boot"/);
  t.match(lab.read('/proc/modules'), /^nouveau /m);
  lab.reboot();
  must(lab, ['systemctl', 'start', 'display-manager.service']);
  t.notMatch(lab.read('/proc/modules'), /nouveau/, 'kmod leaves nouveau out');
  const second = await ends(t, lab, 0, ['resume', '--after-boot']);
  t.match(second, /ok {4}stop-display[\s\S]*ok {4}install-driver[\s\S]*ok {4}load-module[\s\S]*ok {4}start-display/);
  driverIs(t, lab, '580.95.05', [older]);
  t.equal(must(lab, ['systemctl', 'is-active', 'display-manager.service']).trim(), 'active');
  const said = await verdicts(lab);
  for (const id of [
    'kernel/nouveau-loaded',
    'kernel/nouveau-in-initramfs',
    'driver/dkms-not-built',
    'driver/version-mismatch',
    'driver/nodes-missing',
  ])
    t.equal(said.get(id), 'clear', id);

  const log = lab.read('/var/log/nvidia-installer.log');
  t.match(await ends(t, lab, 0, install(file)), /Nothing to do: the machine is as planned/);
  t.equal(lab.read('/var/log/nvidia-installer.log'), log, 'the second time no installer runs');

  must(lab, ['apt-get', 'install', '-y', 'linux-image-cloud-amd64']);
  lab.reboot(newer);
  driverIs(t, lab, '580.95.05', [older, newer]);
  t.equal((await verdicts(lab)).get('driver/module-missing'), 'clear');
  lab.reboot(older);
  must(lab, ['apt-get', 'purge', '-y', 'linux-image-cloud-amd64', `linux-image-${newer}`]);

  must(lab, ['systemctl', 'start', 'display-manager.service']);
  const upgrade = makeRunFile(lab, '590.48.01');
  t.match(await ends(t, lab, 0, install(upgrade)), /ok {4}unload-modules[\s\S]*ok {4}install-driver/);
  driverIs(t, lab, '590.48.01', [older]);
  t.notMatch(must(lab, ['dkms', 'status']), /580\.95\.05/);
  const back = await ends(t, lab, 0, ['undo', '--yes']);
  t.match(back, /Driver 580\.95\.05, which the installer had replaced, is gone/, 'what cannot be put back is said');
  await ends(t, lab, 0, ['undo', '--yes']);
  must(lab, ['rm', upgrade]);
  t.strictSame(labTree(lab), before, 'paths, modes and contents are as before');
  t.match(await ends(t, lab, 0, ['undo', '--yes']), /Nothing to undo/);
});

t.test('an installer that ends with 0 though DKMS did not take the module is found out', { skip }, async (t) => {
  lab.reboot();
  const before = labTree(lab);
  const file = makeRunFile(lab, '580.82.07', { dkmsFails: true });
  await ends(t, lab, 4, install(file));
  lab.reboot();
  must(lab, ['systemctl', 'start', 'display-manager.service']);
  const said = await ends(t, lab, 3, ['resume', '--after-boot']);
  t.match(
    lab.read('/var/log/nvidia-installer.log'),
    /WARNING: Failed to register the NVIDIA kernel modules with DKMS[\s\S]*is now complete/,
  );
  t.match(said, /Failed to register the NVIDIA kernel modules with DKMS/);
  t.match(said, /error: Step `build-module` failed/);
  t.equal(must(lab, ['systemctl', 'is-active', 'display-manager.service']).trim(), 'active', 'the desktop is given back');
  await ends(t, lab, 0, ['undo', '--yes']);
  must(lab, ['rm', file]);
  t.strictSame(labTree(lab), before);
});
