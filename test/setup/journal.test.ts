import { appendFileSync, mkdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { beginJournal, readJournals, reopenJournal } from '../../src/setup/journal.js';
import { lastRun } from '../../src/setup/journal-record.js';
import type { Plan } from '../../src/setup/plan.js';

const plan = { format: 1, outcome: 'plan', goal: 'driver', madeBy: 'test', steps: [] } as unknown as Plan;
/** A clock that somebody sets back. */
const clock = { now: () => new Date(2_000_000_000_000 - 1_000_000 * Math.random()), bootId: 'boot' };

t.test('what is appended is read back, and only its owner may read it', async (t) => {
  const state = join(t.testdir({}), 'state');
  const journal = await beginJournal(state, plan, null, clock);
  await journal.append({ event: 'run', run: 'apply', pid: 1, from: null });
  await journal.append({ event: 'started', step: 'a', before: { text: 'old' } });
  await journal.append({ event: 'done', step: 'a', undo: { text: 'old' }, warning: null });
  await journal.close();
  t.equal(statSync(join(state, 'plans')).mode & 0o777, 0o700);
  t.equal(statSync(join(state, 'plans/0001/journal.jsonl')).mode & 0o777, 0o600);
  const [read] = await readJournals(state);
  t.match(read, { id: '0001', plan, continues: null });
  t.same(read!.stateOf('a'), { state: 'done', before: { text: 'old' }, undo: { text: 'old' } });
  t.same(read!.stateOf('b'), { state: 'pending' });
  t.equal(lastRun(read!.records).how, 'cut-off');
  t.equal((await beginJournal(state, plan, '0001', clock)).id, '0002', 'in the order of plans, whatever the clock says');
});

t.test('a torn line never happened, wherever it is torn', async (t) => {
  const state = t.testdir({});
  const journal = await beginJournal(state, plan, null, clock);
  await journal.append({ event: 'started', step: 'a', before: null });
  const path = join(journal.directory, 'journal.jsonl');
  const whole = readFileSync(path).length;
  await journal.append({ event: 'done', step: 'a', undo: null, warning: null });
  await journal.close();
  for (let length = readFileSync(path).length - 1; length >= whole; length--) {
    truncateSync(path, length);
    const [read] = await readJournals(state);
    t.equal(read!.stateOf('a').state, 'started', `cut to ${length} bytes`);
  }
  appendFileSync(path, '{"event":"do');
  const again = await reopenJournal((await readJournals(state))[0]!, clock);
  await again.append({ event: 'done', step: 'a', undo: null, warning: null });
  await again.close();
  t.equal((await readJournals(state))[0]!.stateOf('a').state, 'done');
  appendFileSync(path, `${'\0'.repeat(40)}\n`);
  t.equal((await readJournals(state))[0]!.stateOf('a').state, 'done', 'zeros, as a file system may leave after a power cut');
});

t.test('a plan that never began is none; a journal that somebody wrote to is not trusted', async (t) => {
  const state = t.testdir({});
  mkdirSync(join(state, 'plans/0001'), { recursive: true });
  t.same(await readJournals(state), []);
  const journal = await beginJournal(state, plan, null, clock);
  appendFileSync(join(journal.directory, 'journal.jsonl'), 'hello\n');
  await journal.append({ event: 'ended', how: 'done' });
  await journal.close();
  await t.rejects(readJournals(state), { name: 'UserError', exitCode: 3, message: /line 2/ });
});
