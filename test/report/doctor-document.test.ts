import { readdirSync } from 'node:fs';
import t from 'tap';
import { checks } from '../../src/doctor/checks/index.js';
import { examine } from '../../src/doctor/examine.js';
import { factsOf } from '../../src/doctor/fact.js';
import { machineOf } from '../../src/doctor/machine.js';
import type { Host } from '../../src/host/host.js';
import { liveHost } from '../../src/host/live-host.js';
import { openHost } from '../../src/host/open-host.js';
import { rootedHost } from '../../src/host/rooted-host.js';
import { type DoctorDocument, doctorDocument } from '../../src/report/doctor-document.js';
import { complaintsOf } from './doctor-schema.js';

async function documentOf(host: Host, path: string | null): Promise<DoctorDocument> {
  const facts = factsOf(host);
  const report = { version: '1.2.3', host: { origin: host.origin, path }, machine: await machineOf(facts) };
  const document = doctorDocument({ ...report, ...(await examine(facts, { checks })) });
  // As a reader gets it: what is undefined is not there.
  return JSON.parse(JSON.stringify(document));
}

t.test('what every machine of the fixtures prints is as the published schema says', async (t) => {
  const folder = 'test/fixtures/hosts';
  const names = readdirSync(folder);
  t.ok(names.length >= 40);
  for (const name of names) t.same(complaintsOf(await documentOf(await openHost(`${folder}/${name}`), name)), [], name);
});

t.test('so is what this machine and an empty folder print', async (t) => {
  t.same(complaintsOf(await documentOf(liveHost({ environment: process.env }), null)), []);
  t.same(complaintsOf(await documentOf(rootedHost(t.testdir()), '/mnt')), []);
});

t.test('a check that crashed is in the schema too', async (t) => {
  const facts = factsOf(await openHost('test/fixtures/hosts/empty-vm'));
  const crashing = { ...checks[0]!, examine: () => Promise.reject(new Error('a bug')) };
  const examination = await examine(facts, { checks: [crashing] });
  const document = doctorDocument({
    version: '1',
    host: { origin: 'snapshot', path: 'x' },
    machine: await machineOf(facts),
    ...examination,
  });
  t.equal(document.counts.crashed, 1);
  t.same(complaintsOf(JSON.parse(JSON.stringify(document))), []);
});

t.test('a document that is not as the schema says is complained about', async (t) => {
  const document = await documentOf(await openHost('test/fixtures/hosts/unattended-upgrade'), 'x');
  const [found] = document.findings.filter(({ status }) => status === 'found');
  const with_ = (change: object) => ({ ...document, findings: [{ ...found, ...change }] });
  const wrong: readonly object[] = [
    { ...document, format: 2 },
    { ...document, more: 1 },
    { ...document, counts: { ...document.counts, blocker: -1 } },
    { ...document, firstBroken: 'Not an id' },
    with_({ severity: undefined }),
    with_({ severity: 'fatal' }),
    with_({ evidence: [] }),
    with_({ status: 'clear' }),
    with_({ status: 'blocked' }),
    with_({ link: 'cloud' }),
    with_({ remedy: { summary: 'x', commands: [], automatic: 'no', needs: [] } }),
    with_({ id: 'kernel' }),
  ];
  for (const each of wrong) t.not(complaintsOf(JSON.parse(JSON.stringify(each))).length, 0, JSON.stringify(each).slice(0, 80));
});
