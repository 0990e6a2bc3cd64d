import t from 'tap';
import { factsOf } from '../../../src/doctor/fact.js';
import { driverLeftovers } from '../../../src/doctor/facts/driver-leftovers.js';
import { driverUsers } from '../../../src/doctor/facts/driver-users.js';
import { initramfsTool } from '../../../src/doctor/facts/initramfs-tool.js';
import { installedPackageNames, parseInstalledNames } from '../../../src/doctor/facts/installed-package-names.js';
import { machine } from '../../../src/doctor/facts/machine.js';
import { rootedHost } from '../../../src/host/rooted-host.js';
import { snapshotHost } from '../../../src/host/snapshot-host.js';

const snapshot = async (name: string) => factsOf(await snapshotHost(new URL(`../../fixtures/hosts/${name}`, import.meta.url).pathname));

t.test('the architecture is asked, or told by the loader of programs', async (t) => {
  t.match(await (await snapshot('debian-12-h100')).of(machine), { value: 'x86_64', source: 'uname -m' });
  const root = t.testdir({ lib: { 'ld-linux-aarch64.so.1': '' } });
  t.match(await factsOf(rootedHost(root)).of(machine), { value: 'aarch64' });
  t.match(await factsOf(rootedHost(t.testdir({}))).of(machine), { known: false });
});

t.test('who rebuilds the initramfs', async (t) => {
  t.match(await (await snapshot('debian-12-h100')).of(initramfsTool), { value: 'update-initramfs' });
  t.match(await (await snapshot('ubuntu-26.04-nova')).of(initramfsTool), { value: 'dracut' });
  t.match(await factsOf(rootedHost(t.testdir({}))).of(initramfsTool), { known: true, value: null });
});

t.test('what earlier installations left', async (t) => {
  t.match(await (await snapshot('ubuntu-22.04-nouveau-secure-boot')).of(driverLeftovers), {
    value: { runDriver: false, alternateInstall: ['available'] },
  });
  const root = t.testdir({ usr: { bin: { 'nvidia-uninstall': '' } } });
  t.match(await factsOf(rootedHost(root)).of(driverLeftovers), { value: { runDriver: true, alternateInstall: [] } });
});

t.test('services that use the driver', async (t) => {
  t.match(await (await snapshot('ubuntu-24.04-driver-580')).of(driverUsers), { value: ['nvidia-persistenced.service'] });
  t.match(await (await snapshot('debian-12-h100')).of(driverUsers), { value: [] });
  t.match(await factsOf(rootedHost(t.testdir({}))).of(driverUsers), { known: false });
});

t.test('packages that are installed, by name', async (t) => {
  const text = [
    'Package: dkms\nStatus: install ok installed\nVersion: 3',
    'Package: gone\nStatus: deinstall ok config-files\nVersion: 1',
    'Package: half\nStatus: install ok half-configured\nVersion: 1',
    'Package: held\nStatus: hold ok installed\nVersion: 1\n',
  ].join('\n\n');
  t.same([...parseInstalledNames(text)], ['dkms', 'half', 'held']);
  const names = await (await snapshot('ubuntu-24.04-driver-580')).of(installedPackageNames);
  t.ok(names.known && names.value.has('nvidia-dkms-580-server-open'));
});
