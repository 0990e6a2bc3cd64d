import { readdirSync } from 'node:fs';
import t from 'tap';
import { checks } from '../../../src/doctor/checks/index.js';
import { inOrder, requirementsOf } from '../../../src/doctor/examine.js';
import type { Check } from '../../../src/doctor/finding.js';

const folder = new URL('../../../src/doctor/checks/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'index.ts');

t.test('every file of the folder is a check of the list', async (t) => {
  t.ok(files.length > 0);
  for (const file of files) {
    const exported = Object.values((await import(new URL(file, folder).href)) as Record<string, Check>);
    t.equal(exported.length, 1, `${file} exports one check`);
    t.ok(checks.includes(exported[0]!), `${file} is in the list`);
    t.equal(exported[0]?.id.split('/')[1], file.replace(/\.ts$/, ''), `${file} is named for its id`);
  }
  t.equal(checks.length, files.length);
});

t.test('ids are unique, and every check has words for the docs', async (t) => {
  t.equal(new Set(checks.map(({ id }) => id)).size, checks.length);
  for (const { id, title, about } of checks) {
    t.match(id, /^[a-z]+\/[a-z-]+$/);
    t.ok(title.length > 0 && !title.endsWith('.'), `${id} has a title, no sentence`);
    t.match(about, /\.$/, `${id} is explained in sentences`);
  }
});

t.test('what a check hangs on is looked at before it', async (t) => {
  const order = inOrder(checks).map(({ id }) => id);
  for (const check of checks) {
    for (const required of requirementsOf(check, checks)) {
      t.ok(order.includes(required), `${required} exists`);
      t.ok(order.indexOf(required) < order.indexOf(check.id), `${required} comes before ${check.id}`);
    }
  }
});
