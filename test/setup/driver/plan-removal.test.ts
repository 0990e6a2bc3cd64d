import t from 'tap';
import { factsOf } from '../../../src/doctor/fact.js';
import type { Host } from '../../../src/host/host.js';
import { openHost } from '../../../src/host/open-host.js';
import { planText } from '../../../src/report/plan-text.js';
import { planRemoval } from '../../../src/setup/driver/plan-removal.js';
import { modulesToUnload } from '../../../src/setup/driver/unloading.js';
import { parsePlan } from '../../../src/setup/parse-plan.js';
import type { Plan, Refusal } from '../../../src/setup/plan.js';

const hostNamed = (name: string) => openHost(new URL(`../../fixtures/hosts/${name}`, import.meta.url).pathname);
/** `host`, whose apt says what a removal would take away. */
const removing = (host: Host, stdout: string): Host => ({
  ...host,
  origin: 'live',
  ask: async (command) => (command.args.includes('--simulate') ? { outcome: 'exited', code: 0, stdout, stderr: '' } : host.ask(command)),
});
const planned = async (name: string, simulation: string | undefined, enableNouveau = false): Promise<Plan | Refusal> => {
  const host = await hostNamed(name);
  return planRemoval(factsOf(simulation === undefined ? host : removing(host, simulation)), { enableNouveau }, 'gpu-setup test');
};
const ids = (plan: Plan | Refusal) => (plan.outcome === 'plan' ? plan.steps.map(({ id }) => id) : [plan.reasons[0].reason]);

t.test('packages are purged by name, with what holds the module out of the way and the images looked at', async (t) => {
  const plan = (await planned('ubuntu-24.04-driver-580', 'Purg nvidia-dkms-580-open [580]\n')) as Plan;
  t.match(ids(plan), ['stop-nvidia-persistenced', 'unload-modules', 'remove-driver-packages', 'remove-from-dkms', 'rebuild-initramfs']);
  const purge = plan.steps.find(({ id }) => id === 'remove-driver-packages')!;
  t.match(purge.commands[0]?.args.join(' '), /apt-get .* purge --yes .*nvidia-dkms-580/);
  t.match(plan.decisions, [
    { what: 'method', choice: 'apt' },
    { what: 'nouveau', choice: 'stays forbidden', why: /gpu-setup-nouveau\.conf:.*`--enable-nouveau`/ },
  ]);
  t.match(plan.steps.find(({ id }) => id === 'remove-from-dkms')?.params, { modules: [{ module: 'nvidia', version: '580.95.05' }] });
  t.match(plan.steps.find(({ id }) => id === 'rebuild-initramfs')?.proof[0]?.expect, /lists no nvidia\.ko/);
  t.equal(parsePlan(JSON.stringify(plan), 'p').goal, 'no-driver');
  t.match(
    planText(plan, (_, word) => word),
    /^Plan: take the NVIDIA driver away/,
  );
});

t.test('a plan that would take the desktop along is refused, whatever the desktop is', async (t) => {
  for (const name of ['ubuntu-desktop', 'gdm3', 'task-gnome-desktop', 'sddm', 'xserver-xorg-core', 'plasma-desktop', 'gnome-shell']) {
    const plan = await planned('ubuntu-24.04-driver-580', `Remv ${name} [1]\nPurg nvidia-dkms-580-open [580]\n`);
    t.match(
      plan,
      { outcome: 'refused', reasons: [{ exitCode: 1, reason: new RegExp(`desktop along: ${name}`), hint: /apt-get --simulate purge/ }] },
      name,
    );
  }
  const plan = (await planned('ubuntu-24.04-driver-580', 'Remv some-game [1]\nPurg nvidia-dkms-580-open [580]\n')) as Plan;
  t.match(plan.warnings.join('\n'), /go with it: some-game/);
  t.match(plan.steps.find(({ id }) => id === 'remove-driver-packages')?.summary, /some-game/, 'and it is named where it goes');
});

t.test("of both kinds NVIDIA's uninstaller goes first, held packages go too, and nouveau may have the GPU again", async (t) => {
  const host = await hostNamed('mixed-installers');
  const plan = (await planRemoval(
    factsOf({
      ...removing(host, ''),
      stat: async (path) =>
        path === '/usr/bin/nvidia-uninstall' ? { outcome: 'status', kind: 'file', mode: 0o755, uid: 0, gid: 0 } : host.stat(path),
    }),
    { enableNouveau: true },
    'x',
  )) as Plan;
  const order = ids(plan);
  t.ok(
    order.indexOf('remove-run-driver') >= 0 && order.indexOf('remove-run-driver') < order.indexOf('remove-driver-packages'),
    order.join(' '),
  );
  t.match(plan.decisions[0], { choice: 'run and apt', why: /first NVIDIA's uninstaller, then apt/ });
  t.equal(order.filter((id) => id === 'rebuild-initramfs').length <= 1, true, 'the images are built once');
  const held = (await planned('held-and-mixed-branches', '')) as Plan;
  t.match(held.steps.find(({ id }) => id === 'remove-driver-packages')?.commands[0]?.args.join(' '), /--allow-change-held-packages/);
});

t.test('where nothing is installed nothing is to do; an uninstaller that is gone is told', async (t) => {
  const none = (await planned('nouveau-desktop', '')) as Plan;
  t.same(ids(none), []);
  t.equal(none.decisions[0]?.choice, 'none');
  t.match(
    planText(none, (_, word) => word),
    /Nothing to do: the machine is as planned/,
  );
  const host = await hostNamed('mixed-installers');
  const orphaned = await planRemoval(
    factsOf({
      ...removing(host, ''),
      stat: async (path) => (path === '/usr/bin/nvidia-uninstall' ? { outcome: 'absent' } : host.stat(path)),
    }),
    { enableNouveau: false },
    'x',
  );
  t.match(orphaned, { outcome: 'refused', reasons: [{ reason: /uninstaller .* is gone/, hint: /--uninstall/ }] });
  t.match(await planned('docker-without-toolkit', ''), { outcome: /refused|plan/ });
});

t.test('users of a module go before it, also those that we do not know', async (t) => {
  const module = (name: string, usedBy: readonly string[] = []) => ({ name, usedBy, references: usedBy.length, state: 'Live' });
  t.same(
    modulesToUnload([
      module('nvidia', ['nvidia_uvm', 'nvidia_modeset', 'gdrdrv']),
      module('ext4'),
      module('nvidia_modeset', ['nvidia_drm']),
      module('nvidia_drm'),
      module('nvidia_uvm', ['nvidia_fs']),
      module('nvidia_fs'),
      module('gdrdrv'),
    ]),
    ['nvidia_fs', 'nvidia_uvm', 'nvidia_drm', 'nvidia_modeset', 'gdrdrv', 'nvidia'],
  );
});
