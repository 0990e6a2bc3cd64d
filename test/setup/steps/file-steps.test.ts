import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import type { HostPath } from '../../../src/host/host.js';
import { mutableRootedHost } from '../../../src/host/mutable-rooted-host.js';
import { plannedStep } from '../../../src/setup/planned-step.js';
import { type StepKind, step } from '../../../src/setup/step.js';
import { removeFile } from '../../../src/setup/steps/remove-file.js';
import { writeFile } from '../../../src/setup/steps/write-file.js';

const path: HostPath = '/etc/modprobe.d/gpu.conf';
/** Not UTF-8, no newline at the end. */
const odd = Buffer.from([0x23, 0xff, 0xfe, 0x00, 0x0d, 0x0a, 0x78]);

/** apply, then isDone, then undo: the machine is as it was, byte for byte. */
function keepsItsPromise<P>(name: string, kind: StepKind<P>, params: P, there: Uint8Array | undefined, after: string | undefined) {
  t.test(name, async (t) => {
    const root = t.testdir({ etc: {} });
    const real = join(root, path);
    if (there) {
      mkdirSync(dirname(real), { recursive: true });
      writeFileSync(real, there, { mode: 0o640 });
    }
    const host = mutableRootedHost(root);
    t.equal(await kind.isDone(params, host), 'not-done');
    const before = await kind.change.before(params, host);
    t.same(JSON.parse(JSON.stringify(before)), before, 'the record is plain JSON');
    await kind.change.apply(params, before, host);
    t.equal(await kind.isDone(params, host), 'done');
    t.equal(existsSync(real) ? readFileSync(real, 'utf8') : undefined, after);
    // The journal keeps the record as text.
    t.equal(await kind.change.undo(params, JSON.parse(JSON.stringify(before)), host), undefined);
    if (there) {
      t.same(readFileSync(real), Buffer.from(there));
      t.equal(statSync(real).mode & 0o777, 0o640);
    } else t.notOk(existsSync(real));
    t.equal(await kind.isDone(params, host), 'not-done');
    if (there) t.same(readdirSync(dirname(real)), ['gpu.conf'], 'no temporary file stays');
    else t.same(readdirSync(join(root, 'etc')), [], 'nor a folder that was made for it');
  });
}

keepsItsPromise('a new file is removed again', writeFile, { path, text: 'blacklist nouveau\n' }, undefined, 'blacklist nouveau\n');
keepsItsPromise('a file comes back as it was', writeFile, { path, text: 'blacklist nouveau\n' }, odd, 'blacklist nouveau\n');
keepsItsPromise('an empty file comes back empty', writeFile, { path, text: 'x' }, Buffer.alloc(0), 'x');
keepsItsPromise('a removed file comes back', removeFile, { path }, odd, undefined);

t.test('doing it twice is as doing it once', async (t) => {
  const root = t.testdir({});
  const host = mutableRootedHost(root);
  const before = await writeFile.change.before({ path, text: 'a' }, host);
  await writeFile.change.apply({ path, text: 'a' }, before, host);
  await writeFile.change.apply({ path, text: 'a' }, before, host);
  await removeFile.change.apply({ path }, null, host);
  await removeFile.change.apply({ path }, null, host);
  await writeFile.change.undo({ path, text: 'a' }, before, host);
  await writeFile.change.undo({ path, text: 'a' }, before, host);
  t.same(readdirSync(root), []);
});

t.test('what somebody changed since is left alone, and that is said', async (t) => {
  const root = t.testdir({});
  const host = mutableRootedHost(root);
  const before = await writeFile.change.before({ path, text: 'a' }, host);
  await writeFile.change.apply({ path, text: 'a' }, before, host);
  writeFileSync(join(root, path), 'mine');
  t.match(await writeFile.change.undo({ path, text: 'a' }, before, host), /changed since/);
  t.equal(readFileSync(join(root, path), 'utf8'), 'mine');
});

t.test('where everybody may write nothing is written: a name there may be a planted link', async (t) => {
  const root = t.testdir({ tmp: {}, etc: { shadow: 'secret' } });
  chmodSync(join(root, 'tmp'), 0o1777);
  symlinkSync('/etc/shadow', join(root, 'tmp/planted'));
  symlinkSync('/tmp/planted', join(root, 'etc/through'));
  const host = mutableRootedHost(root);
  await t.rejects(host.write('/tmp/planted', 'x'), { message: /everybody may write in `\/tmp`/, exitCode: 3 });
  await t.rejects(host.write('/tmp/new', 'x'), { message: /everybody may write/ });
  await t.rejects(host.remove('/tmp/planted'), { message: /everybody may write/ });
  t.equal(readFileSync(join(root, 'etc/shadow'), 'utf8'), 'secret');
});

t.test('links are followed inside the root, and never out of it', async (t) => {
  const root = t.testdir({ usr: { lib: {} } });
  symlinkSync('/usr/lib', join(root, 'lib'));
  await mutableRootedHost(root).write('/lib/modprobe.d/x.conf', 'y');
  t.equal(readFileSync(join(root, 'usr/lib/modprobe.d/x.conf'), 'utf8'), 'y');
  // Outside there is such a folder; inside there is not.
  const outside = t.testdir({ outside: { root: {} } });
  symlinkSync(join(outside, 'outside'), join(outside, 'outside/root/escape'));
  await t.rejects(mutableRootedHost(join(outside, 'outside/root')).write('/escape/x', 'y'), { message: /leads nowhere/ });
  t.same(readdirSync(join(outside, 'outside')), ['root'], 'nothing is written outside');
});

t.test('what cannot be backed up is not touched', async (t) => {
  const root = t.testdir({ etc: { 'modprobe.d': { 'gpu.conf': {} } } });
  await t.rejects(writeFile.change.before({ path, text: 'x' }, mutableRootedHost(root)), { name: 'UserError', exitCode: 3 });
  t.ok(statSync(join(root, path)).isDirectory());
});

t.test('a planned file shows what changes', async (t) => {
  const root = t.testdir({ etc: { 'modprobe.d': { 'gpu.conf': 'a\nb\n' } } });
  const host = mutableRootedHost(root);
  const about = { id: 'it', because: [], why: 'because', after: [] };
  const planned = await plannedStep(step(writeFile, { path, text: 'a\nc\n' }, about), host);
  t.match(planned, { alreadyDone: false, files: [{ path, change: 'modify' }] });
  t.equal(planned.files[0]!.diff, `--- ${path}\n+++ ${path}\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n`);
  t.match(await plannedStep(step(writeFile, { path, text: 'a\nb\n' }, about), host), {
    alreadyDone: true,
    files: [{ change: 'none', diff: '' }],
  });
  t.match(await plannedStep(step(removeFile, { path }, about), host), { files: [{ change: 'delete', diff: /\+\+\+ \/dev\/null/ }] });
  t.match(await plannedStep(step(writeFile, { path: '/etc/new', text: 'x\n' }, about), host), {
    files: [{ change: 'create', diff: /--- \/dev\/null/ }],
  });
});
