import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { toTheEnd } from './cut-off.js';
import { overlaySystem } from './overlay-system.js';
import { endSteps, exceptions, fileSteps, furnish, planOf } from './test-plan.js';

t.setTimeout(300_000);

const system = (await overlaySystem())!;
if (system) t.teardown(() => system.close());
const options = { skip: system ? false : 'this machine lets nobody mount an overlay, or has no apt' };
const file = '/root/plan.json';
const esc = '\u001b';
/** What makes the cursor visible again. */
const cursor = `${esc}[?25h`;
const interrupt = '\u0003';
if (system) furnish(system);
if (system) system.write(file, JSON.stringify(await planOf(system, [...fileSteps, ...endSteps])));
const tree = () => Object.fromEntries(system.tree(exceptions));

/** Runs on a terminal; `answers` are typed when the text before them has appeared. */
async function onTerminal(args: readonly string[], answers: readonly (readonly [seen: RegExp, typed: string])[]) {
  const child = system.startOnTerminal(args);
  let shown = '';
  let from = 0;
  const left = [...answers];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    const [next] = left;
    const found = next?.[0].exec(shown.slice(from));
    if (!next || !found) return;
    from = shown.length;
    left.shift();
    child.stdin!.write(next[1]);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, shown, unanswered: left.length, plain: stripVTControlCharacters(shown) };
}

t.test('on a terminal it asks, and shows a list whose marks change; in a pipe lines', options, async (t) => {
  const before = tree();
  const { code, shown, plain, unanswered } = await onTerminal(['apply', file], [[/Carry out these 6 steps\?/, 'y\r']]);
  t.equal(code, 0, plain);
  t.equal(unanswered, 0);
  t.match(plain, /\u2714 Stop display-manager\.service/);
  t.match(plain, /\u2714 Write \/etc\/gpu-setup-new\/deep\/file\.conf/);
  t.match(plain, /Done: plan \d+/);
  t.ok(shown.lastIndexOf(cursor) > shown.lastIndexOf(`${esc}[?25l`), 'the cursor is there again');
  // What was asked stays on the screen: the list begins below it.
  t.ok(plain.indexOf('Carry out these') < plain.indexOf('\u2714 Stop display-manager.service'));
  const piped = await toTheEnd(system, ['undo', '--yes']);
  t.match(piped.stderr, /^\.\.\. {3}write-deep: /m);
  t.notOk((piped.stderr + piped.stdout).includes(esc), 'no drawing where nobody looks');
  t.same(tree(), before);
});

const slow = () =>
  system.write(
    '/usr/local/sbin/systemctl',
    readFileSync(join(system.root, '/usr/local/sbin/systemctl'), 'utf8').replace('  stop)', '  stop) sleep 10;'),
    0o755,
  );

t.test('Ctrl-C lets the step at hand end, and says so below it', options, async (t) => {
  const before = tree();
  slow();
  const { code, plain } = await onTerminal(['apply', file, '--yes'], [[/Stop display-manager/, interrupt]]);
  t.equal(code, 130, plain);
  t.match(plain, /Interrupted: finishing the step at hand/);
  t.match(plain, /\u2714 Stop display-manager\.service/, 'it ended well');
  t.match(plain, /undo {2}stop-display: .*given back/, 'and the desktop is back');
  t.match(plain, /error: Interrupted before step `blacklist`\r?\nhint: .*`gpu-setup resume`/);
  furnish(system);
  t.equal((await toTheEnd(system, ['undo', '--yes'])).code, 0);
  t.same(tree(), before);
});

t.test('a second Ctrl-C does not wait; what runs goes on, and resume waits for it', options, async (t) => {
  const before = tree();
  slow();
  const began = performance.now();
  const { code, shown } = await onTerminal(
    ['apply', file, '--yes'],
    [
      [/Stop display-manager/, interrupt],
      [/finishing the step/, interrupt],
    ],
  );
  t.equal(code, 130);
  t.ok(performance.now() - began < 10_000, 'it did not wait for the step');
  t.ok(shown.lastIndexOf(cursor) > shown.lastIndexOf(`${esc}[?25l`), 'the cursor is there again');
  const resumed = await toTheEnd(system, ['resume', '--yes']);
  t.equal(resumed.code, 0, resumed.stderr);
  t.equal((await toTheEnd(system, ['undo', '--yes'])).code, 0);
  furnish(system);
  t.same(tree(), before);
});

t.test('Ctrl-C at the question is an answer: nothing is done', options, async (t) => {
  const before = tree();
  const { code, plain } = await onTerminal(['apply', file], [[/Carry out these/, interrupt]]);
  t.equal(code, 130, plain);
  t.match(plain, /nothing was done/);
  t.same(tree(), before);
});
