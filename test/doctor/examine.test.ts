import t from 'tap';
import { examine, requirementsOf } from '../../src/doctor/examine.js';
import { factsOf } from '../../src/doctor/fact.js';
import type { Check, CheckId, Link, Severity } from '../../src/doctor/finding.js';
import { clear, found, notApplicable, undetermined } from '../../src/doctor/verdicts.js';
import { rootedHost } from '../../src/host/rooted-host.js';

const facts = factsOf(rootedHost('/nowhere'));
const check = (id: CheckId, link: Link, examineIt: Check['examine'], requires?: readonly CheckId[]): Check => ({
  id,
  title: id,
  link,
  about: id,
  examine: examineIt,
  ...(requires && { requires }),
});
const fine = async () => clear('fine');
const problem = (severity: Severity) => async () =>
  found({ severity, summary: 'bad', why: 'because', evidence: ['line'], links: ['https://example.org'] });
const never = async () => {
  throw new Error('this must not be looked at');
};
const statuses = (examination: Awaited<ReturnType<typeof examine>>) =>
  Object.fromEntries(examination.findings.map(({ id, status, blockedBy }) => [id, blockedBy ? `${status} by ${blockedBy}` : status]));

t.test('the first blocker along the chain is the broken link, whatever the order of the list', async (t) => {
  const checks = [
    check('driver/later', 'libraries', never),
    check('kernel/second', 'module', problem('blocker'), []),
    check('host/first', 'hardware', problem('blocker')),
  ];
  const examination = await examine(facts, { checks });
  t.equal(examination.firstBroken?.id, 'host/first');
  t.same(statuses(examination), { 'host/first': 'found', 'kernel/second': 'found', 'driver/later': 'blocked by host/first' });
});

t.test('a check hangs on all earlier links, or on those alone that it names', async (t) => {
  const a = check('host/a', 'hardware', fine);
  const b = check('kernel/b', 'module', fine);
  const c = check('driver/c', 'nodes', fine);
  const d = check('build/d', 'nodes', fine, []);
  t.same(requirementsOf(c, [a, b, c, d]), ['host/a', 'kernel/b']);
  t.same(requirementsOf(d, [a, b, c, d]), []);
});

t.test('what is blocked hands the root of the trouble on', async (t) => {
  const checks = [
    check('host/a', 'hardware', problem('blocker')),
    check('kernel/b', 'module', never, ['host/a']),
    check('driver/c', 'module', never, ['kernel/b']),
    check('build/d', 'module', fine, []),
  ];
  t.same(statuses(await examine(facts, { checks })), {
    'host/a': 'found',
    'kernel/b': 'blocked by host/a',
    'driver/c': 'blocked by host/a',
    'build/d': 'clear',
  });
});

t.test('warnings, doubts and crashes block nothing', async (t) => {
  const checks = [
    check('host/warning', 'hardware', problem('warning')),
    check('host/doubt', 'hardware', async () => undetermined('could not look')),
    check('host/other', 'hardware', async () => notApplicable('not here')),
    check('host/crash', 'hardware', never),
    check('driver/after', 'libraries', fine),
  ];
  const { findings, firstBroken } = await examine(facts, { checks });
  t.equal(firstBroken, undefined);
  t.match(
    findings.find(({ id }) => id === 'host/crash'),
    { status: 'crashed', summary: /this must not be looked at/ },
  );
  t.match(
    findings.find(({ id }) => id === 'host/doubt'),
    { status: 'undetermined', summary: 'could not look' },
  );
  t.match(
    findings.find(({ id }) => id === 'driver/after'),
    { status: 'clear' },
  );
});

t.test('what is asked for is looked at with what it hangs on, which is reported where it blocks', async (t) => {
  const checks = (severity: Severity) => [
    check('host/a', 'hardware', problem(severity)),
    check('host/unneeded', 'hardware', never),
    check('driver/c', 'libraries', fine, ['host/a']),
  ];
  const only = (id: CheckId) => id === 'driver/c';
  t.same(statuses(await examine(facts, { checks: checks('blocker'), only })), { 'host/a': 'found', 'driver/c': 'blocked by host/a' });
  t.same(statuses(await examine(facts, { checks: checks('warning'), only })), { 'driver/c': 'clear' });
  const skipped = await examine(facts, { checks: checks('blocker'), only, skip: (id) => id === 'host/a' });
  t.same(statuses(skipped), { 'driver/c': 'clear' }, 'what is skipped blocks nothing');
});

t.test('findings are plain JSON, each with its place in the docs', async (t) => {
  const { findings } = await examine(facts, {
    checks: [check('host/a', 'hardware', problem('blocker')), check('driver/b', 'nodes', fine)],
  });
  t.same(JSON.parse(JSON.stringify(findings)), findings);
  t.same(findings[0]!.links, ['docs/checks.md#host/a', 'https://example.org']);
});

t.test('evidence of thousands of lines, or of an endless one, is cut', async (t) => {
  const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index}`);
  const { findings } = await examine(facts, {
    checks: [
      check('host/many', 'hardware', async () => found({ severity: 'note', summary: 'bad', why: 'because', evidence: lines })),
      check('host/long', 'hardware', async () => clear('fine', 'x'.repeat(1_000_000))),
    ],
  });
  t.same(findings[0]!.evidence.slice(-2), ['line 63', '… and 4936 more']);
  t.equal(findings[1]!.evidence[0]!.length, 2_001);
});

t.test('an abort ends the examination before the next check', async (t) => {
  const stop = new AbortController();
  const checks = [
    check('host/a', 'hardware', async () => {
      stop.abort();
      return clear('looked at');
    }),
    check('host/b', 'hardware', never),
  ];
  t.same(statuses(await examine(facts, { checks, signal: stop.signal })), { 'host/a': 'clear' });
});
