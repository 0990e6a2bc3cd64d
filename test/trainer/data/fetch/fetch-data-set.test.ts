import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { create } from 'tar';
import type { DataSetRow } from '../../../../src/trainer/data/fetch/data-set-table.js';
import { type FetchEvent, type FetchOptions, fetchDataSet } from '../../../../src/trainer/data/fetch/fetch-data-set.js';
import { readVoc } from '../../../../src/trainer/data/voc/read-voc.js';
import { type ArchiveServer, archiveServer, type Manner } from './archive-server.js';
import { archiveOf, dataSetOf, type TinyArchive, tinyArchive } from './tiny-voc.js';

const patience = { connectMs: 1000, stallMs: 1000, retryMs: 5 };

/** Fetches `dataSet` into `out` of the test's folder; keeps the events. */
async function fetched(out: string, dataSet: DataSetRow, more: Partial<FetchOptions> = {}) {
  const events: FetchEvent[] = [];
  const answer = await fetchDataSet({
    dataSet,
    split: 'all',
    directory: out,
    signal: new AbortController().signal,
    patience,
    onEvent: (event) => void events.push(event),
    ...more,
  });
  return { ...answer, events };
}

/** A tiny `trainval` and a server for it that answers in these manners. */
async function served(t: Test, manners?: readonly Manner[]) {
  const folder = t.testdir();
  const archive = await tinyArchive(folder, 'trainval', ['000001', '000002', '000003']);
  const server = await archiveServer(t, archive.content, manners);
  return { folder, out: join(folder, 'data'), archive, server, dataSet: dataSetOf([{ ...archive.row, hosts: [server.url] }]) };
}

/** Cuts the connection when the client has what was sent. */
const cutting = (server: ArchiveServer) => ({ onEvent: ({ kind }: FetchEvent) => void (kind === 'bytes' && server.cut()) });

const leftIn = (out: string) => (existsSync(join(out, 'downloads')) ? readdirSync(join(out, 'downloads')).sort() : []);

t.test('it loads, checks, unpacks, and the second time does nothing', async (t) => {
  const { out, dataSet, server } = await served(t);
  const first = await fetched(out, dataSet);
  t.equal(first.directory, join(out, 'VOCdevkit/VOC2007'));
  t.same(first.unpacked, ['trainval.tar']);
  const { records } = await readVoc({ directory: first.directory, split: 'trainval' });
  t.equal(records.length, 3);
  t.same(readdirSync(out), ['VOCdevkit'], 'nothing else is left');
  const [last] = first.events.filter(({ kind }) => kind === 'bytes').slice(-1);
  t.match(last, { there: dataSet.archives[0]!.bytes, bytes: dataSet.archives[0]!.bytes });

  const again = await fetched(out, dataSet);
  t.same(again.unpacked, []);
  t.equal(server.requests.length, 1, 'nobody was asked');
});

t.test('a split that comes later joins the pictures there', async (t) => {
  const { folder, out, archive, server } = await served(t);
  const test = await tinyArchive(folder, 'test', ['000004', '000005']);
  const tests = await archiveServer(t, test.content);
  const dataSet = dataSetOf([
    { ...archive.row, hosts: [server.url] },
    { ...test.row, hosts: [tests.url] },
  ]);
  const { directory } = await fetched(out, dataSet, { split: 'trainval' });
  t.notOk(existsSync(join(directory, 'ImageSets/Main/test.txt')));
  t.same((await fetched(out, dataSet)).unpacked, ['test.tar'], 'only what is missing');
  t.equal((await readVoc({ directory, split: 'trainval' })).records.length, 3);
  t.equal((await readVoc({ directory, split: 'test' })).records.length, 2);
  t.equal(server.requests.length, 1);
  await t.rejects(fetched(out, dataSet, { split: 'val' }), {
    name: 'UserError',
    exitCode: 2,
    message: /no split `val`/,
    hint: /`trainval`, `test`, `all`/,
  });
});

t.test('a connection that is cut is taken up where it broke', async (t) => {
  const { out, dataSet, server } = await served(t, [{ kind: 'cut', after: 1000 }, { kind: 'cut', after: 500 }, { kind: 'well' }]);
  t.same((await fetched(out, dataSet, cutting(server))).unpacked, ['trainval.tar']);
  t.same(server.requests, [
    { range: undefined, ifRange: undefined },
    { range: 'bytes=1000-', ifRange: '"one"' },
    { range: 'bytes=1500-', ifRange: '"one"' },
  ]);
});

t.test('interrupted, the bytes are kept for the next call', async (t) => {
  const { out, dataSet, server } = await served(t, [{ kind: 'stall', after: 2000 }, { kind: 'well' }]);
  const stop = new AbortController();
  const events = (event: FetchEvent) => {
    if (event.kind === 'bytes' && event.there === 2000) stop.abort();
  };
  await t.rejects(fetched(out, dataSet, { signal: stop.signal, onEvent: events }), { name: 'AbortError' });
  t.same(leftIn(out), ['trainval.tar.part', 'trainval.tar.part.json']);
  t.equal(statSync(join(out, 'downloads/trainval.tar.part')).size, 2000);
  await fetched(out, dataSet);
  t.same(server.requests[1], { range: 'bytes=2000-', ifRange: '"one"' });
});

t.test('a file that changed on the host is loaded from its beginning', async (t) => {
  const { out, archive, dataSet, server } = await served(t, [{ kind: 'cut', after: 700 }]);
  const other = Buffer.from(archive.content).fill(7, 0, 700);
  server.replace(other, '"old"');
  await t.rejects(fetched(out, dataSet, cutting(server)), { name: 'UserError', exitCode: 3 });
  const fresh = await archiveServer(t, archive.content);
  // The same address as far as the note goes is another server's: the bytes of the old version are found out by their SHA-256.
  const moved = dataSetOf([{ ...archive.row, hosts: [fresh.url] }]);
  await fetched(out, moved);
  t.equal(fresh.requests[0]!.ifRange, undefined, 'nothing is known of this host');
  t.equal(fresh.requests.length, 2, 'once on from the old bytes, once from the beginning');
  t.equal(fresh.requests[1]!.range, undefined);
});

t.test('If-Range: the same host with another version sends it whole', async (t) => {
  const { out, archive, dataSet, server } = await served(t, [{ kind: 'stall', after: 700 }, { kind: 'well' }]);
  server.replace(Buffer.from(archive.content).fill(7, 0, 700), '"old"');
  const stop = new AbortController();
  const onEvent = ({ kind }: FetchEvent) => void (kind === 'bytes' && stop.abort());
  await t.rejects(fetched(out, dataSet, { signal: stop.signal, onEvent }), { name: 'AbortError' });
  server.replace(archive.content, '"new"');
  await fetched(out, dataSet);
  t.match(server.requests[1], { range: 'bytes=700-', ifRange: '"old"' });
  t.equal(server.requests.length, 2);
});

t.test('a host without ranges gives it whole again', async (t) => {
  const { out, dataSet, server } = await served(t, [{ kind: 'cut', after: 900 }, { kind: 'whole' }]);
  await fetched(out, dataSet, cutting(server));
  t.equal(server.requests.length, 2);
});

t.test('one host after the other, and a line for each that failed', async (t) => {
  const { out, archive, server } = await served(t);
  const wrong = await archiveServer(t, Buffer.from(archive.content).fill(1, 600, 610));
  const short = await archiveServer(t, archive.content.subarray(0, 900));
  const gone = await archiveServer(t, archive.content, [{ kind: 'status', status: 404 }]);
  const hangs = await archiveServer(t, archive.content, [{ kind: 'hang' }]);
  const stalls = await archiveServer(t, archive.content, [{ kind: 'stall', after: 0 }]);
  const hosts = ['http://127.0.0.1:1/', wrong.url, short.url, gone.url, hangs.url, stalls.url, server.url];
  const { events, unpacked } = await fetched(out, dataSetOf([{ ...archive.row, hosts }]));
  t.same(unpacked, ['trainval.tar']);
  const failures = events.flatMap((event) => (event.kind === 'failure' ? [event.line] : []));
  const said = [
    /refused|bad port/,
    /another SHA-256/,
    /has 900 bytes, not \d+/,
    /answers 404/,
    /no answer within 1 s/,
    /nothing came for 1 s/,
  ];
  t.equal(failures.length, said.length);
  for (const [index, words] of said.entries()) t.match(failures[index], words);
  t.equal(stalls.requests.length, 3, 'asked again, for it may have been a moment');
  t.equal(gone.requests.length, 1, 'not asked again');
});

t.test('where nobody has it: one line, exit 3, and a hint', async (t) => {
  const { out, archive } = await served(t);
  const gone = await archiveServer(t, archive.content, [{ kind: 'status', status: 404 }]);
  const dataSet = dataSetOf([{ ...archive.row, hosts: [gone.url, gone.url] }]);
  const error = await fetched(out, dataSet).then(
    () => undefined,
    (thrown: unknown) => thrown as Error & { hint: string; exitCode: number },
  );
  t.match(error, { name: 'UserError', exitCode: 3, hint: /--mirror/ });
  t.notMatch(error!.message, '\n');
  t.match(error!.message, /127\.0\.0\.1:\d+, 127\.0\.0\.1:\d+: it answers 404$/, 'the hosts that failed alike, together');
  t.notOk(existsSync(join(out, 'downloads')), 'no empty folder is left');
});

t.test('--mirror takes the place of the known hosts; a file put there by hand is taken', async (t) => {
  const { folder, out, archive, server } = await served(t);
  const other = await archiveServer(t, archive.content);
  const dataSet = dataSetOf([{ ...archive.row, hosts: [server.url] }]);
  await fetched(out, dataSet, { mirror: other.url.replace(/\/$/, '') });
  t.equal(other.requests.length, 1);
  t.equal(server.requests.length, 0);

  const offline = join(folder, 'offline');
  mkdirSync(join(offline, 'downloads'), { recursive: true });
  writeFileSync(join(offline, 'downloads/trainval.tar'), 'something else');
  await t.rejects(fetched(offline, dataSet), { name: 'UserError', exitCode: 2, message: /not the file that it should be/ });
  writeFileSync(join(offline, 'downloads/trainval.tar'), archive.content);
  t.same((await fetched(offline, dataSet)).unpacked, ['trainval.tar']);
  t.equal(server.requests.length, 0);
});

t.test('what lies there and is not ours is left alone; a folder that cannot be written is said', async (t) => {
  const { folder, out, dataSet } = await served(t);
  const own = join(out, 'VOCdevkit/VOC2007');
  mkdirSync(own, { recursive: true });
  await t.rejects(fetched(out, dataSet), { name: 'UserError', exitCode: 2, message: /was not made by/, hint: /--data/ });
  t.same(readdirSync(own), []);
  writeFileSync(join(folder, 'file'), '');
  await t.rejects(fetched(join(folder, 'file'), dataSet), { name: 'UserError', exitCode: 2 });
});

t.test('a disk without the space is found out before anything is loaded', async (t) => {
  const { out, archive, server } = await served(t);
  const huge = dataSetOf([{ ...archive.row, bytes: 2 ** 52, hosts: [server.url] }]);
  await t.rejects(fetched(out, huge), { name: 'UserError', exitCode: 2, message: /Not enough space .* MB are needed, \d+ MB are free/ });
  t.equal(server.requests.length, 0);
});

t.test('an archive cannot write outside of its folder', async (t) => {
  const make: Record<string, (place: string, path: string) => Promise<void>> = {
    '`.*/escaped` lies outside': async (place, path) => {
      mkdirSync(join(place, 'inner'));
      writeFileSync(join(place, 'escaped'), 'x');
      await create({ cwd: join(place, 'inner'), file: path, preservePaths: true }, ['../escaped']);
    },
    '`/.*` lies outside': async (place, path) => {
      writeFileSync(join(place, 'absolute'), 'x');
      await create({ file: path, preservePaths: true }, [join(place, 'absolute')]);
    },
    '`VOCdevkit/link` is no file and no folder': async (place, path) => {
      mkdirSync(join(place, 'VOCdevkit'));
      symlinkSync('/', join(place, 'VOCdevkit/link'));
      await create({ cwd: place, file: path }, ['VOCdevkit']);
    },
    'holds no `VOCdevkit/VOC2007`': async (place, path) => {
      mkdirSync(join(place, 'VOCdevkit'));
      await create({ cwd: place, file: path }, ['VOCdevkit']);
    },
    'cannot be unpacked': async (place, path) => writeFileSync(path, Buffer.alloc(2048, `${place}`)),
  };
  for (const [said, write] of Object.entries(make)) {
    const folder = t.testdir({ place: {} });
    await write(join(folder, 'place'), join(folder, 'bad.tar'));
    const archive: TinyArchive = archiveOf(join(folder, 'bad.tar'), 'trainval');
    const server = await archiveServer(t, archive.content);
    const out = join(folder, 'data');
    await t.rejects(
      fetched(out, dataSetOf([{ ...archive.row, hosts: [server.url] }])),
      { name: 'UserError', message: new RegExp(said) },
      said,
    );
    t.notOk(existsSync(join(out, 'VOCdevkit')), 'nothing came into place');
    t.same(leftIn(out), ['trainval.tar'], 'and nothing is half-unpacked');
    t.notOk(existsSync(join(out, 'downloads/escaped')) || existsSync(join(out, 'escaped')));
  }
});

t.test('files belong to who runs it, with the marker of what is in the folder', async (t) => {
  const { out, dataSet } = await served(t);
  const { directory } = await fetched(out, dataSet);
  t.same(JSON.parse(readFileSync(join(directory, 'gpu-setup-fetched.json'), 'utf8')), { name: 'voc2007', archives: ['trainval.tar'] });
  t.equal(statSync(join(directory, 'JPEGImages/000001.jpg')).uid, process.getuid?.());
});
