import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { Host, HostPath } from '../../src/host/host.js';
import { liveHost } from '../../src/host/live-host.js';
import { recordingHost } from '../../src/host/recording-host.js';
import { rootedHost } from '../../src/host/rooted-host.js';
import { snapshotHost } from '../../src/host/snapshot-host.js';

/** The kinds differ in where a machine's `/` is, and in nothing else that these questions can see. */
interface Kind {
  readonly host: Host;
  readonly at: (path: HostPath) => HostPath;
}

const bytes = Buffer.from([6, 0, 0, 0, 1, 0xff]);

/** A small machine under `root`, whose absolute links are meant inside `linkRoot`. */
async function plant(root: string, linkRoot: string): Promise<void> {
  await mkdir(join(root, 'etc/b'), { recursive: true });
  await writeFile(join(root, 'etc/text'), 'grün\nzwei\n', { mode: 0o640 });
  await writeFile(join(root, 'etc/bytes'), bytes);
  await writeFile(join(root, 'etc/a'), '');
  await symlink('text', join(root, 'etc/relative'));
  await symlink(join(linkRoot, '/etc/text'), join(root, 'etc/absolute'));
  await symlink('nowhere', join(root, 'etc/dangling'));
  await symlink('b', join(root, 'etc/folder'));
  await writeFile(join(root, 'etc/b/inner'), 'inside');
}

const questions: readonly ((kind: Kind) => Promise<unknown>)[] = [
  ({ host, at }) => host.read(at('/etc/text')),
  ({ host, at }) => host.read(at('/etc/bytes'), 'latin1'),
  ({ host, at }) => host.read(at('/etc/relative')),
  ({ host, at }) => host.read(at('/etc/absolute')),
  ({ host, at }) => host.read(at('/etc/dangling')),
  ({ host, at }) => host.read(at('/etc/missing')),
  ({ host, at }) => host.read(at('/etc/text/below')),
  ({ host, at }) => host.read(at('/etc/b')),
  ({ host, at }) => host.read(at('/etc/folder/inner')),
  ({ host, at }) => host.list(at('/etc')),
  ({ host, at }) => host.list(at('/etc/folder')),
  ({ host, at }) => host.list(at('/missing')),
  ({ host, at }) => host.list(at('/etc/text')),
  ({ host, at }) => host.readLink(at('/etc/relative')),
  ({ host, at }) => host.readLink(at('/etc/dangling')),
  ({ host, at }) => host.readLink(at('/etc/text')),
  ({ host, at }) => host.readLink(at('/etc/missing')),
  ({ host, at }) => host.stat(at('/etc/text')),
  ({ host, at }) => host.stat(at('/etc/relative')),
  ({ host, at }) => host.stat(at('/etc/b')),
  ({ host, at }) => host.stat(at('/etc/missing')),
];

async function judge(t: Tap, kind: Kind): Promise<void> {
  const { host, at } = kind;
  t.same(await host.read(at('/etc/text')), { outcome: 'text', text: 'grün\nzwei\n' });
  const binary = await host.read(at('/etc/bytes'), 'latin1');
  t.same(binary.outcome === 'text' && Buffer.from(binary.text, 'latin1'), bytes, 'latin1 keeps every byte');
  t.same(await host.read(at('/etc/relative')), { outcome: 'text', text: 'grün\nzwei\n' });
  t.same(await host.read(at('/etc/absolute')), { outcome: 'text', text: 'grün\nzwei\n' }, 'absolute links stay inside the machine');
  t.same(await host.read(at('/etc/folder/inner')), { outcome: 'text', text: 'inside' });
  for (const path of ['/etc/dangling', '/etc/missing', '/etc/text/below'] as const)
    t.same(await host.read(at(path)), { outcome: 'absent' }, path);
  t.equal((await host.read(at('/etc/b'))).outcome, 'unavailable', 'a directory is there, and no text');
  t.same(await host.list(at('/etc')), {
    outcome: 'entries',
    names: ['a', 'absolute', 'b', 'bytes', 'dangling', 'folder', 'relative', 'text'],
  });
  t.same(await host.list(at('/etc/folder')), { outcome: 'entries', names: ['inner'] });
  t.same(await host.list(at('/missing')), { outcome: 'absent' });
  t.same(await host.list(at('/etc/text')), { outcome: 'absent' }, 'a file is no directory');
  t.same(await host.readLink(at('/etc/relative')), { outcome: 'link', target: 'text' });
  t.same(await host.readLink(at('/etc/dangling')), { outcome: 'link', target: 'nowhere' });
  for (const path of ['/etc/text', '/etc/missing'] as const) t.same(await host.readLink(at(path)), { outcome: 'absent' }, path);
  for (const path of ['/etc/text', '/etc/relative'] as const)
    t.match(await host.stat(at(path)), { outcome: 'status', kind: 'file', mode: 0o640 }, path);
  t.match(await host.stat(at('/etc/b')), { outcome: 'status', kind: 'directory' });
  t.same(await host.stat(at('/etc/missing')), { outcome: 'absent' });
}

type Tap = Pick<typeof t, 'same' | 'equal' | 'match'>;
const live = () => liveHost({ environment: { PATH: process.env.PATH } });

t.test('the live host', async (t) => {
  const root = t.testdir();
  await plant(root, root);
  await judge(t, { host: live(), at: (path) => `${root}${path}` as HostPath });
});

t.test('a rooted host', async (t) => {
  const root = t.testdir();
  await plant(root, '/');
  await judge(t, { host: rootedHost(root), at: (path) => path });
});

t.test('a recording host, and the snapshot that it writes', async (t) => {
  const root = t.testdir({ machine: {} });
  const machine = join(root, 'machine');
  await plant(machine, machine);
  const at = (path: HostPath) => `${machine}${path}` as HostPath;
  const host = recordingHost(live());
  await judge(t, { host, at });
  const answers = await Promise.all(questions.map((ask) => ask({ host, at })));

  const folder = join(root, 'snapshot');
  await host.writeTo(folder, 'test');
  const replayed = await snapshotHost(folder);
  await judge(t, { host: replayed, at });
  t.same(await Promise.all(questions.map((ask) => ask({ host: replayed, at }))), answers, 'answer for answer');
});

t.test('a snapshot that was made by hand', async (t) => {
  const root = t.testdir({ 'snapshot.json': JSON.stringify({ format: 1, complete: ['/'], status: handMadeStatus }) });
  await plant(join(root, 'root'), '/');
  await judge(t, { host: await snapshotHost(root), at: (path) => path });
});
const handMadeStatus = {
  '/etc/text': { kind: 'file', mode: 0o640, uid: 0, gid: 0 },
  '/etc/b': { kind: 'directory', mode: 0o755, uid: 0, gid: 0 },
};
