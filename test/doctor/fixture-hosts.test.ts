import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { checks } from '../../src/doctor/checks/index.js';
import { examine } from '../../src/doctor/examine.js';
import { factsOf } from '../../src/doctor/fact.js';
import type { CheckId, Severity } from '../../src/doctor/finding.js';
import { openHost } from '../../src/host/open-host.js';

const folder = new URL('../fixtures/hosts/', import.meta.url).pathname;
const names = readdirSync(folder);

/** `expected.json` of a host: what the doctor says of it, and nothing else. */
interface Expected {
  readonly firstBroken: CheckId | null;
  readonly found: Readonly<Partial<Record<CheckId, Severity>>>;
  readonly undetermined: readonly CheckId[];
}

t.test('there are machines of every kind', async (t) => t.ok(names.length >= 40));

for (const name of names) {
  t.test(name, async (t) => {
    t.match(readFileSync(`${folder}${name}/README.md`, 'utf8'), new RegExp(`^# ${name}\n\n.{20}`), 'it says what machine it is');
    const expected = JSON.parse(readFileSync(`${folder}${name}/expected.json`, 'utf8')) as Expected;
    const { findings, firstBroken } = await examine(factsOf(await openHost(`${folder}${name}`)), { checks });
    t.same(
      findings.filter(({ status }) => status === 'crashed'),
      [],
    );
    t.equal(firstBroken?.id ?? null, expected.firstBroken);
    const found = findings.filter(({ status }) => status === 'found');
    t.same(Object.fromEntries(found.map(({ id, severity }) => [id, severity])), expected.found);
    t.same(
      findings.filter(({ status }) => status === 'undetermined').map(({ id }) => id),
      expected.undetermined,
    );
    const blockers = found.filter(({ severity }) => severity === 'blocker').map(({ id }) => id);
    t.ok(
      findings.every(({ blockedBy }) => blockedBy === undefined || blockers.includes(blockedBy)),
      'what is blocked names a blocker',
    );
    for (const { id, evidence, why, severity, remedy } of found) {
      t.ok(evidence.length > 0 && why, `${id} has evidence and a reason`);
      if (severity === 'blocker') t.ok(remedy, `${id} has a cure`);
    }
  });
}

t.test('a healthy machine gets no warning', async (t) => {
  const healthy = names.filter((name) => readFileSync(`${folder}${name}/README.md`, 'utf8').includes('everything in order'));
  t.ok(healthy.length >= 10);
  for (const name of healthy) {
    const { found } = JSON.parse(readFileSync(`${folder}${name}/expected.json`, 'utf8')) as Expected;
    t.same(
      Object.values(found).filter((severity) => severity !== 'note'),
      [],
      name,
    );
  }
});

t.test('every check finds something on some machine', async (t) => {
  const found = new Set(
    names.flatMap((name) => Object.keys((JSON.parse(readFileSync(`${folder}${name}/expected.json`, 'utf8')) as Expected).found)),
  );
  t.same(
    checks.map(({ id }) => id).filter((id) => !found.has(id)),
    [],
  );
});
