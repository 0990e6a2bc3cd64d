import { readdirSync } from 'node:fs';
import t from 'tap';
import { checks } from '../../src/doctor/checks/index.js';
import { examine } from '../../src/doctor/examine.js';
import { factsOf } from '../../src/doctor/fact.js';
import type { Check, Finding } from '../../src/doctor/finding.js';
import { machineOf } from '../../src/doctor/machine.js';
import { openHost } from '../../src/host/open-host.js';
import { rootedHost } from '../../src/host/rooted-host.js';
import type { DoctorReport } from '../../src/report/doctor-report.js';
import { checkListText, doctorText } from '../../src/report/doctor-text.js';

const folder = new URL('../fixtures/hosts/', import.meta.url).pathname;
const plain = { style: (_: string, text: string) => text, columns: 80 };

async function reportOf(name: string): Promise<DoctorReport> {
  const facts = factsOf(await openHost(`${folder}${name}`));
  return { version: '1', host: { origin: 'snapshot', path: name }, machine: await machineOf(facts), ...(await examine(facts, { checks })) };
}

t.test('no line is wider than the terminal, but for commands, which are there to be copied', async (t) => {
  for (const name of readdirSync(folder)) {
    const report = await reportOf(name);
    const texts = [60, 80, 120].map((columns) => {
      const lines = doctorText(report, { ...plain, columns }).split('\n');
      // Words are not broken, and a path of the firmware's variables is a long one.
      const wide = lines.filter(
        (line) => line.length > columns && !line.trim().startsWith('$ ') && line.split(' ').every((word) => word.length < columns - 20),
      );
      t.same(wide, [], `${name} in ${columns} columns`);
      t.notOk(
        lines.some((line) => /\s$/.test(line)),
        `${name}: no line ends in a space`,
      );
      return lines;
    });
    t.ok(texts[0]!.length > texts[2]!.length, `${name}: a wide terminal is used`);
    const words = (lines: readonly string[]) => lines.join(' ').split(/\s+/).join(' ');
    t.equal(words(texts[2]!), words(texts[0]!), `${name}: the same words`);
  }
});

t.test('every finding is named once, and the broken link first of all', async (t) => {
  const report = await reportOf('kernel-update');
  const text = doctorText(report, plain);
  for (const { id } of report.findings) t.ok(text.includes(id), id);
  t.ok(text.indexOf('First broken link: module') < text.indexOf('\nhardware\n'));
  t.match(text, /Headers of the running kernel 6\.8\.0-49-generic are not installed/);
  t.match(text, /\$ sudo apt-get install linux-headers-6\.8\.0-49-generic\n +\$ sudo dkms autoinstall/);
  t.match(text, /37 further checks hang on it/);
  t.match(text, /more +docs\/checks\.md#build\/no-kernel-headers/);
});

t.test('colours are laid over the same words', async (t) => {
  const report = await reportOf('nouveau-desktop');
  const coloured = doctorText(report, { ...plain, style: (format, text) => `<${format}>${text}</>` });
  t.match(coloured, /<red>blocker<\/>/);
  t.equal(coloured.replace(/<\/?[a-z]*>/g, ''), doctorText(report, plain).replace(/<\/?[a-z]*>/g, ''));
});

t.test('a crashed check is told from a broken machine', async (t) => {
  const crashing: Check = {
    id: 'host/crashing',
    title: 'Nothing',
    link: 'hardware',
    about: 'Crashes.',
    examine: async () => {
      throw new Error('a bug of ours');
    },
  };
  const facts = factsOf(rootedHost('/nowhere'));
  const examination = await examine(facts, { checks: [crashing] });
  const text = doctorText(
    { version: '1', host: { origin: 'root', path: '/nowhere' }, machine: await machineOf(facts), ...examination },
    plain,
  );
  t.match(text, /crashed +the check itself failed: a bug of ours \(host\/crashing\)/);
  t.match(text, /1 of 1 checks could not look/);
  t.match(text, /0 blockers, 0 warnings, 0 notes, 0 ok, 1 crashed/);
});

t.test('the list of checks has one line or more for each, in columns', async (t) => {
  const text = checkListText(checks, plain);
  for (const { id } of checks) t.match(text, new RegExp(`^${id} {2,}\\S`, 'm'));
  t.ok(text.split('\n').every((line) => line.length <= 80));
});

t.test('severity alone does not make a finding', async (t) => {
  const { findings } = await reportOf('healthy-server');
  t.same(
    findings.filter(({ status, severity }: Finding) => status !== 'found' && severity !== undefined),
    [],
  );
});
