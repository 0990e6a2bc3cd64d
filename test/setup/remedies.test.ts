import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { checks } from '../../src/doctor/checks/index.js';
import { examine } from '../../src/doctor/examine.js';
import { factsOf } from '../../src/doctor/fact.js';
import { openHost } from '../../src/host/open-host.js';
import { planText } from '../../src/report/plan-text.js';
import type { RepairPlan } from '../../src/setup/plan.js';
import { remedies } from '../../src/setup/remedies/index.js';
import { planRepair } from '../../src/setup/remedies/plan-repair.js';
import { stepKinds } from '../../src/setup/step-kinds.js';

const folder = 'test/fixtures/hosts';
async function planned(name: string) {
  const facts = factsOf(await openHost(`${folder}/${name}`));
  const { findings } = await examine(facts, { checks });
  return { findings, plan: await planRepair(facts, findings, 'gpu-setup 9.9.9') };
}
const idsOf = ({ steps }: RepairPlan) => steps.map(({ id }) => id);
const handsOf = ({ byHand }: RepairPlan) => byHand.map(({ finding }) => finding);

t.test('every blocker and warning is mended by a step or left to a person, on every machine', async (t) => {
  for (const name of readdirSync(folder)) {
    const { findings, plan } = await planned(name);
    const broken = findings.filter(({ status, severity }) => status === 'found' && severity !== 'note');
    const seenTo = new Set([...plan.steps.flatMap(({ why }) => why.findings), ...handsOf(plan)]);
    const byDriver = plan.steps.some(({ id }) => id.startsWith('install-') || id === 'build-module');
    for (const { id, remedy } of broken) t.ok(seenTo.has(id) || (byDriver && remedy?.automatic), `${name}: ${id}`);
    t.equal(new Set(idsOf(plan)).size, plan.steps.length, `${name}: each step once`);
    const before = new Set<string>();
    for (const step of plan.steps) {
      t.ok(
        step.after.every((id) => before.has(id)),
        `${name}: ${step.id} comes after what it needs`,
      );
      t.ok(step.proof.length > 0 && step.undo.words && step.why.words, `${name}: ${step.id} says why, its undo and its proof`);
      before.add(step.id);
    }
    t.ok(plan.steps.findIndex(({ kind }) => kind === 'reboot') in { '-1': 0, [plan.steps.length - 1]: 0 }, `${name}: a reboot ends it`);
    for (const each of plan.steps) t.same(stepKinds.find(({ kind }) => kind === each.kind)?.describe(each.params).summary, each.summary);
    t.same(JSON.parse(JSON.stringify(plan)), plan, `${name}: a plan is data`);
  }
});

t.test('healthy machines have nothing to mend', async (t) => {
  for (const name of ['healthy-desktop', 'healthy-server', 'dgx-h100', 'wsl2', 'container-with-gpu']) {
    const { plan } = await planned(name);
    t.same([plan.steps, plan.byHand, plan.needs], [[], [], []], name);
    t.match(
      planText(plan, (_, word) => word),
      /Nothing to mend/,
    );
  }
});

t.test('nouveau is forbidden, in the early boot images too, and a reboot takes it away', async (t) => {
  const { plan } = await planned('ubuntu-22.04-nouveau-secure-boot');
  t.match(idsOf(plan), ['blacklist-nouveau', 'rebuild-initramfs', 'reboot']);
  t.equal(plan.complete, false);
  t.match(plan.steps[0]!.files, [{ path: '/etc/modprobe.d/gpu-setup-nouveau.conf', change: 'create', diff: /\+blacklist nouveau/ }]);
  t.match(plan.warnings.join('\n'), /checks? hangs? on what is broken/);
  // A machine that nothing rebuilds an image on is told so.
  t.match((await planned('nouveau-desktop')).plan.warnings.join('\n'), /Nothing here rebuilds an initramfs/);
});

t.test('images that are older than the blacklist are built anew, and nothing else is done', async (t) => {
  const { plan } = await planned('nouveau-in-initramfs');
  t.same(idsOf(plan), ['rebuild-initramfs']);
});

t.test('a half done upgrade needs a reboot', async (t) => {
  const { plan } = await planned('unattended-upgrade');
  t.same(idsOf(plan), ['reboot']);
});

t.test('a driver that the GPU needs is planned as install-driver plans it', async (t) => {
  const { plan } = await planned('debian-12-h100');
  t.ok(idsOf(plan).includes('install-driver'));
  t.ok(plan.decisions.length > 0);
});

t.test('what only a person can do is left to them, with the cure', async (t) => {
  const { plan } = await planned('fallen-off-bus');
  t.same(idsOf(plan), []);
  t.match(plan.byHand, [{ finding: 'driver/gpu-fallen-off-bus', cure: /Stop the work/, commands: ['sudo systemctl poweroff'] }]);
  const vfio = await planned('vfio-passthrough');
  t.match(vfio.plan.byHand, [{ finding: 'kernel/gpu-owned-by-other-driver', why: /vfio-pci/ }]);
});

t.test('a distribution without a table gets no driver plan, and hears why', async (t) => {
  const { plan } = await planned('fedora-41-gpu');
  t.match(plan.byHand[0]?.why, /Fedora|outside|Debian/);
});

t.test('every check that a remedy names exists, and no two remedies name the same', async (t) => {
  const ids = new Set(checks.map(({ id }) => id));
  const named = remedies.flatMap(({ mends }) => mends);
  t.same(
    named.filter((id) => !ids.has(id)),
    [],
  );
  t.equal(new Set(named).size, named.length);
});

for (const name of ['ubuntu-22.04-nouveau-secure-boot', 'dkms-build-failed', 'mixed-installers']) {
  t.test(`the plan that mends ${name}, for people`, async (t) => {
    const text = `${planText((await planned(name)).plan, (_, word) => word)}\n`;
    const golden = `test/golden/plans/repair-${name}.txt`;
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, text);
    t.ok(existsSync(golden));
    t.equal(text, readFileSync(golden, 'utf8'));
  });
}
