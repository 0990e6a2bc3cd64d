import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { toTheEnd } from './cut-off.js';
import { overlaySystem } from './overlay-system.js';
import { exceptions, furnish } from './test-plan.js';

// Many child processes: a busy machine takes its time.
t.setTimeout(300_000);

const system = (await overlaySystem())!;
if (system) t.teardown(() => system.close());
const options = { skip: system ? false : 'this machine lets nobody mount an overlay, or has no apt' };
const at = (path: string) => join(system.root, path);
const list = '/etc/apt/sources.list.d/cuda-local.list';
const entry = 'deb [signed-by=/usr/share/keyrings/cuda.gpg] file:///var/cuda-repo-debian12-12-8-local /\n';
const gpu = '/sys/bus/pci/devices/0000:01:00.0';
const doctor = (...more: readonly string[]) => toTheEnd(system, ['doctor', ...more]);

if (system) {
  furnish(system);
  // The machine is no container to those who ask in here, and no systemd runs in it.
  system.write('/usr/local/sbin/systemd-detect-virt', '#!/bin/sh\necho none\nexit 1\n', 0o755);
  rmSync(at('/.dockerenv'), { force: true });
}

t.test('what is broken is shown, mended after a yes, looked at again, and taken back', options, async (t) => {
  system.write(list, entry);
  const before = Object.fromEntries(system.tree(exceptions));
  const only = ['--only', 'host/apt-local-repository-gone'];

  const unanswered = await doctor('--fix', ...only);
  t.match(unanswered, { code: 6, stderr: /Plan: mend what the doctor found[\s\S]*1\. [\s\S]*cuda-local\.list[\s\S]*hint: .*`--yes`/ });
  t.match(await toTheEnd(system, ['--no-input', 'doctor', '--fix', ...only]), { code: 6 });
  t.match(await doctor('--fix', '--yes', '--until', 'nonsense', ...only), { code: 2, stderr: /no step `nonsense`/ });
  t.same(Object.fromEntries(system.tree(exceptions)), before, 'nothing is changed without a yes');

  const mended = await doctor('--fix', '--yes', '--json', ...only);
  t.equal(mended.code, 0, mended.stderr);
  t.match(JSON.parse(mended.stdout), { plan: '0001', run: 'apply', outcome: 'done' });
  t.notOk(existsSync(at(list)));
  t.match(await doctor('--fix', '--yes', ...only), { code: 0, stdout: /Nothing to mend/ });
  t.match((await toTheEnd(system, ['history'])).stdout, /0001 {2}repair[\s\S]*done +remove-apt-source/);

  t.equal((await toTheEnd(system, ['undo', '--yes'])).code, 0);
  t.equal(readFileSync(at(list), 'utf8'), entry);
  t.same(Object.fromEntries(system.tree(exceptions)), before);
});

t.test('what no step mends is still broken afterwards, and said so', options, async (t) => {
  // A processor and a kernel, but no GPU: nothing of ours puts one in.
  system.write(list, entry);
  system.write('/sys/bus/pci/devices/0000:00:00.0/vendor', '0x8086\n');
  const ran = await doctor('--fix', '--yes', '--only', 'host/');
  t.match(ran, { code: 1, stderr: /Still broken: .*\[host\/no-nvidia-gpu\]/ });
  t.notOk(existsSync(at(list)));
  t.equal((await toTheEnd(system, ['undo', '--yes'])).code, 0);
  rmSync(at(list));
});

t.test('a repair that ends in a reboot goes on after it, with the checks that it was of', options, async (t) => {
  system.write(`${gpu}/vendor`, '0x10de\n');
  system.write(`${gpu}/device`, '0x2684\n');
  system.write(`${gpu}/class`, '0x030000\n');
  system.write(`${gpu}/resource`, '0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200\n');
  symlinkSync('../../../bus/pci/drivers/nouveau', at(`${gpu}/driver`));
  const before = Object.fromEntries(system.tree(exceptions));
  const only = ['--only', 'kernel/nouveau-loaded', '--skip', 'engine/'];

  const stopped = await doctor('--fix', '--yes', '--until', 'blacklist-nouveau', ...only);
  t.match(stopped, { code: 0, stdout: /as far as `blacklist-nouveau`/ }, stopped.stderr);
  t.match(readFileSync(at('/etc/modprobe.d/gpu-setup-nouveau.conf'), 'utf8'), /^blacklist nouveau$/m);
  t.match(await doctor('--fix', '--yes', ...only), { code: 3, stderr: /is not finished[\s\S]*`gpu-setup resume`/ });
  t.match(await toTheEnd(system, ['resume', '--yes']), { code: 4, stdout: /Restart the machine/ });
  t.ok(existsSync(at('/etc/systemd/system/gpu-setup-resume.service')));

  // The machine after the boot: another boot id, and nobody has the GPU.
  const newest = readdirSync(at('/var/lib/gpu-setup/plans')).sort().at(-1)!;
  const journal = `/var/lib/gpu-setup/plans/${newest}/journal.jsonl`;
  const [first] = readFileSync(at(journal), 'utf8').split('\n');
  const { plan } = JSON.parse(first!);
  t.match(plan, { goal: 'repair', complete: false, request: { only: ['kernel/nouveau-loaded'] } });
  system.write(journal, readFileSync(at(journal), 'utf8').replaceAll(plan.madeOn.bootId, 'the-boot-before'), 0o600);
  rmSync(at(`${gpu}/driver`));
  const resumed = await toTheEnd(system, ['resume', '--after-boot']);
  t.match(resumed, { code: 0, stderr: /After the reboot nothing is left to do/ });

  t.equal((await toTheEnd(system, ['undo', '--yes'])).code, 0);
  symlinkSync('../../../bus/pci/drivers/nouveau', at(`${gpu}/driver`));
  rmSync(at('/etc/systemd/system/multi-user.target.wants'), { recursive: true, force: true });
  const after = Object.fromEntries(system.tree(exceptions));
  delete after['/etc/systemd/system/multi-user.target.wants'];
  t.same(after, before);
});
