import t from 'tap';
import type { Command, Host, Ran } from '../../../src/host/host.js';
import { mutableRootedHost } from '../../../src/host/mutable-rooted-host.js';
import { snapshotHost } from '../../../src/host/snapshot-host.js';
import { stepKinds } from '../../../src/setup/step-kinds.js';
import { buildDkms } from '../../../src/setup/steps/build-dkms.js';
import { createSigningKey } from '../../../src/setup/steps/create-signing-key.js';
import { enrolKey } from '../../../src/setup/steps/enrol-key.js';
import { installPackages } from '../../../src/setup/steps/install-packages.js';
import { loadModules } from '../../../src/setup/steps/load-modules.js';
import { reboot } from '../../../src/setup/steps/reboot.js';
import { rebuildInitramfs } from '../../../src/setup/steps/rebuild-initramfs.js';
import { removePackages } from '../../../src/setup/steps/remove-packages.js';
import { removeRunDriver } from '../../../src/setup/steps/remove-run-driver.js';
import { runInstaller } from '../../../src/setup/steps/run-installer.js';
import { startUnit } from '../../../src/setup/steps/start-unit.js';
import { stopUnit } from '../../../src/setup/steps/stop-unit.js';
import { unloadModules } from '../../../src/setup/steps/unload-modules.js';

const fixture = (name: string) => snapshotHost(new URL(`../../fixtures/hosts/${name}`, import.meta.url).pathname);
const driven = await fixture('ubuntu-24.04-driver-580');
const bare = await fixture('debian-12-h100');
const desktop = await fixture('ubuntu-22.04-nouveau-secure-boot');
const folder = mutableRootedHost(t.testdir({}));
/** `host` with one more recorded answer. */
const saying = (host: Host, line: string, stdout: string, code = 0): Host => ({
  ...host,
  ask: async (command: Command): Promise<Ran> =>
    [command.program, ...command.args].join(' ') === line ? { outcome: 'exited', code, stdout, stderr: '' } : host.ask(command),
});
const kernels = ['6.8.0-45-generic'];
const packages = { packages: ['dkms', 'gcc'], refresh: false, recommends: false, hold: false, present: [] };

t.test('packages', async (t) => {
  t.equal(await installPackages.isDone(packages, driven), 'done');
  t.equal(await installPackages.isDone(packages, bare), 'not-done');
  t.equal(await installPackages.isDone(packages, mutableRootedHost('/nowhere')), 'cannot-tell');
  t.equal(await installPackages.isDone({ ...packages, packages: ['dkms=3.0.11-1ubuntu13'] }, driven), 'done');
  t.equal(await installPackages.isDone({ ...packages, packages: ['dkms=3.0.12'] }, driven), 'not-done', 'another version');
  t.equal(await removePackages.isDone({ packages: ['dkms'] }, driven), 'not-done');
  t.equal(await removePackages.isDone({ packages: ['dkms'] }, bare), 'done');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the format is dpkg-query's
  const line = 'dpkg-query --show --showformat=${db:Status-Abbrev}|${Package}|${Version}\\n dkms gcc';
  t.equal(await installPackages.isDone(packages, saying(bare, line, 'ii |dkms|3\nii |gcc|4\n')), 'done');
  t.equal(
    await installPackages.isDone(packages, saying(bare, line, 'iF |dkms|3\nii |gcc|4\n', 1)),
    'not-done',
    'half configured is not installed',
  );
});

t.test('DKMS, whose exit code is not believed', async (t) => {
  t.equal(await buildDkms.isDone({ version: null, kernels }, driven), 'done');
  t.equal(await buildDkms.isDone({ version: '580.95.05', kernels }, driven), 'done');
  t.equal(await buildDkms.isDone({ version: '580.82.07', kernels }, driven), 'not-done');
  t.equal(await buildDkms.isDone({ version: null, kernels: [...kernels, '6.8.0-50-generic'] }, driven), 'not-done', 'not for every kernel');
  t.equal(await buildDkms.isDone({ version: null, kernels }, bare), 'not-done', 'there is no dkms');
  t.equal(await buildDkms.isDone({ version: null, kernels }, folder), 'cannot-tell');
  t.equal(
    await buildDkms.isDone({ version: null, kernels }, saying(bare, 'dkms status', 'nvidia/580.95.05, 6.8.0-45-generic, x86_64: built\n')),
    'not-done',
  );
});

t.test('modules', async (t) => {
  t.equal(await loadModules.isDone({ modules: ['nvidia', 'nvidia-uvm'] }, driven), 'done');
  t.equal(await loadModules.isDone({ modules: ['nvidia'] }, bare), 'not-done');
  t.equal(await unloadModules.isDone({ modules: ['nvidia'] }, driven), 'not-done');
  t.equal(await unloadModules.isDone({ modules: ['nvidia'] }, bare), 'done');
  t.equal(await loadModules.isDone({ modules: ['nvidia'] }, folder), 'cannot-tell');
});

t.test('units', async (t) => {
  t.equal(await stopUnit.isDone({ unit: 'display-manager.service' }, desktop), 'not-done');
  t.equal(await startUnit.isDone({ unit: 'display-manager.service' }, desktop), 'done');
  t.equal(await stopUnit.isDone({ unit: 'display-manager.service' }, bare), 'done');
  t.equal(await stopUnit.isDone({ unit: 'x.service' }, folder), 'cannot-tell');
});

t.test('the initramfs', async (t) => {
  const params = { tool: 'update-initramfs', kernels, holds: '/etc/modprobe.d/gpu-setup-nouveau.conf' } as const;
  t.equal(await rebuildInitramfs.isDone(params, driven), 'done');
  t.equal(await rebuildInitramfs.isDone({ ...params, kernels: ['6.1.0-28-amd64'] }, bare), 'not-done');
  t.equal(await rebuildInitramfs.isDone({ ...params, kernels: ['5.15.0-1-generic'] }, driven), 'cannot-tell', 'its image cannot be listed');
});

t.test('keys', async (t) => {
  const certificate = '/var/lib/dkms/mok.pub';
  t.equal(await createSigningKey.isDone({ by: 'openssl', key: '/var/lib/dkms/mok.key', certificate }, bare), 'not-done');
  t.equal(
    await enrolKey.isDone({ certificate }, saying(bare, `mokutil --test-key ${certificate}`, `${certificate} is already enrolled\n`, 1)),
    'done',
  );
  t.equal(
    await enrolKey.isDone({ certificate }, saying(bare, `mokutil --test-key ${certificate}`, `${certificate} is not enrolled\n`)),
    'not-done',
  );
  t.equal(await enrolKey.isDone({ certificate }, folder), 'cannot-tell');
});

t.test('.run drivers', async (t) => {
  const params = { file: '/root/NVIDIA-Linux-x86_64-580.95.05.run', version: '580.95.05', args: ['--silent'] } as const;
  t.equal(await removeRunDriver.isDone({}, bare), 'done');
  t.equal(await runInstaller.isDone(params, bare), 'not-done');
  const installed = mutableRootedHost(
    t.testdir({ usr: { bin: { 'nvidia-uninstall': '' }, lib: { 'x86_64-linux-gnu': { 'libnvidia-ml.so.580.95.05': '' } } } }),
  );
  t.equal(await removeRunDriver.isDone({}, installed), 'not-done');
  t.equal(await runInstaller.isDone(params, installed), 'done');
  t.equal(await runInstaller.isDone({ ...params, version: '580.82.07' }, installed), 'not-done');
});

t.test('a reboot is proven by another boot id', async (t) => {
  t.equal(await reboot.isDone({ bootId: 'b1f0c7d2-6a55-4e0f-9d3c-0c2f6a4d1e01' }, bare), 'not-done');
  t.equal(await reboot.isDone({ bootId: 'another' }, bare), 'done');
  t.equal(await reboot.isDone({ bootId: null }, bare), 'cannot-tell');
});

t.test('parameters that a plan file brings are checked', async (t) => {
  t.equal(new Set(stepKinds.map(({ kind }) => kind)).size, stepKinds.length);
  for (const { kind, describe } of stepKinds) {
    t.throws(() => describe({ packages: ['--purge'], path: 'relative', unit: '-x', modules: ['../x'], kernels: ['a;b'] }), kind);
  }
});
