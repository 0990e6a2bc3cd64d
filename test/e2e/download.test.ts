import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { step } from '../../src/setup/step.js';
import { downloadFile } from '../../src/setup/steps/download-file.js';
import { writeFile } from '../../src/setup/steps/write-file.js';
import { type HttpsServer, httpsServer } from './https-server.js';
import { overlaySystem } from './overlay-system.js';
import { exceptions, planOf } from './test-plan.js';

t.setTimeout(300_000);

const system = (await overlaySystem())!;
if (system) t.teardown(() => system.close());
const options = { skip: system ? false : 'this machine lets nobody mount an overlay, or has no apt' };
const file = '/var/cache/gpu-setup/NVIDIA-Linux-x86_64-580.95.05.run';
const bytes = randomBytes(3_000_000);
const sha256 = createHash('sha256').update(bytes).digest('hex');
const real = (path: string) => join(system.root, path);
// The cache is what this is about.
const tree = () => Object.fromEntries(system.tree(exceptions.filter((pattern) => !pattern.test('/var/cache'))));

/** How the server behaves, one manner for each request; the last one stays. */
type Manner = 'whole' | 'cut' | 'spoilt' | 'to-http' | 'absent' | 'stalls' | 'moved';

async function serve(test: Parameters<typeof httpsServer>[0], ...manners: readonly Manner[]): Promise<HttpsServer> {
  const left = [...manners];
  const server = await httpsServer(test, (request, response) => {
    const manner = left.length > 1 ? left.shift()! : left[0]!;
    const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    const start = Number(from ?? 0);
    if (manner === 'absent') return void response.writeHead(404).end();
    if (manner === 'to-http') return void response.writeHead(302, { location: `${server.open}/x.run` }).end();
    if (manner === 'moved') return void response.writeHead(301, { location: '/elsewhere/x.run' }).end();
    const body = manner === 'spoilt' ? Buffer.from(bytes).fill(0, 1000, 1010) : bytes;
    const headers = {
      etag: '"one"',
      'content-length': body.length - start,
      ...(start > 0 ? { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` } : {}),
    };
    response.writeHead(start > 0 ? 206 : 200, headers);
    if (manner === 'cut' || manner === 'stalls') {
      response.write(body.subarray(start, start + 1_000_000), () => {
        if (manner === 'cut') setTimeout(() => response.destroy(), 50);
      });
    } else response.end(body.subarray(start));
  });
  return server;
}

async function run(
  args: readonly string[],
  authority?: string,
  onOutput?: (stderr: string, child: ReturnType<typeof system.start>) => void,
) {
  if (authority !== undefined) system.write('/run/ca.pem', authority);
  const child = system.start(args, authority === undefined ? {} : { NODE_EXTRA_CA_CERTS: '/run/ca.pem' });
  let [stdout, stderr] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onOutput?.(stderr, child);
  });
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { code, stdout, stderr };
}

async function plan(server: HttpsServer, path = '/x.run') {
  const about = (id: string, after: readonly string[]) => ({ id, because: [], why: 'The test wants it', after });
  const steps = [
    step(downloadFile, { urls: [`${server.url}${path}`], path: file, sha256 }, about('download-installer', [])),
    step(writeFile, { path: '/etc/gpu-setup-test.conf', text: 'x\n' }, about('write', ['download-installer'])),
  ];
  system.write('/root/plan.json', JSON.stringify(await planOf(system, steps)));
}
const apply = ['apply', '/root/plan.json', '--yes'];
const undone = async () => t.equal((await run(['undo', '--yes'])).code, 0);

t.test('loaded over TLS, checked, private, and taken back; a second time it is there', options, async (t) => {
  const before = tree();
  const server = await serve(t, 'moved', 'whole');
  await plan(server);
  const first = await run(apply, server.authority);
  t.equal(first.code, 0, first.stderr);
  t.match(first.stderr, /download-installer: .*100 % of 3 MB/);
  t.same(readFileSync(real(file)), bytes);
  t.equal(statSync(real(file)).mode & 0o777, 0o600);
  t.equal(statSync(real('/var/cache/gpu-setup')).mode & 0o777, 0o700);
  t.match(await run(apply, server.authority), { code: 0, stdout: 'Nothing to do: the machine is as planned\n' });
  t.same(server.asked, ['/x.run all', '/elsewhere/x.run all'], 'and it is not loaded again');
  await undone();
  t.notOk(existsSync(real('/var/cache/gpu-setup')), 'nor does an empty folder stay');
  t.same(tree(), before);
});

t.test('a network that goes away: what came is kept, and gone on with, also by a later run', options, async (t) => {
  const server = await serve(t, 'cut', 'cut', 'whole');
  await plan(server);
  const ran = await run(apply, server.authority);
  t.equal(ran.code, 0, ran.stderr);
  t.same(server.asked, ['/x.run all', '/x.run bytes=1000000-', '/x.run bytes=2000000-']);
  t.same(readFileSync(real(file)), bytes);
  await undone();

  const before = tree();
  const gone = await serve(t, 'cut', 'absent');
  await plan(gone);
  const failed = await run(apply, gone.authority);
  t.match(failed, {
    code: 3,
    stderr:
      /Could not load `NVIDIA-Linux-x86_64-580\.95\.05\.run`: localhost:\d+: it answers 404\nhint: 1000000 bytes are kept;.*`gpu-setup resume` goes on/,
  });
  t.notOk(existsSync(real('/etc/gpu-setup-test.conf')), 'nothing else was done');
  t.notOk(existsSync(real(file)), 'half a file never has the name of a whole one');
  await undone();
  t.same(tree(), before, 'undo takes half a download away too');
});

t.test('what is spoilt, another, untrusted or in the open is refused, and says so', options, async (t) => {
  const before = tree();
  const cases: readonly (readonly [Manner, boolean, RegExp])[] = [
    ['spoilt', true, /what it gave has another SHA-256/],
    ['absent', true, /it answers 404/],
    ['to-http', true, /it sends us on to `http:\/\/localhost:\d+`, where nothing is encrypted/],
    ['whole', false, /its certificate is signed by nobody that is trusted here \(`NODE_EXTRA_CA_CERTS`/],
  ];
  for (const [manner, trusted, reason] of cases) {
    const server = await serve(t, manner);
    await plan(server);
    t.match(await run(apply, trusted ? server.authority : undefined), { code: 3, stderr: reason }, manner);
    t.notOk(existsSync(real(file)));
    if (manner === 'to-http')
      t.notOk(
        server.asked.some((line) => server.asked.indexOf(line) > 0),
        'nobody was asked in the open',
      );
    await undone();
  }
  t.same(tree(), before);
  const server = await serve(t, 'whole');
  await plan(server);
  system.write('/root/plan.json', readFileSync(real('/root/plan.json'), 'utf8').replaceAll('https://', 'http://'));
  t.match(await run(apply, server.authority), { code: 2, stderr: /is no plan/ }, 'a plan cannot ask for it either');
});

t.test('Ctrl-C ends a download at once, and resume goes on with it', options, async (t) => {
  const server = await serve(t, 'stalls', 'whole');
  await plan(server);
  const began = performance.now();
  const ran = await run(apply, server.authority, (stderr, child) => {
    if (/download-installer: .*MB/.test(stderr)) child.kill('SIGINT');
  });
  t.match(ran, { code: 130, stderr: /Interrupted/ });
  t.ok(performance.now() - began < 20_000);
  const resumed = await run(['resume', '--yes'], server.authority);
  t.equal(resumed.code, 0, resumed.stderr);
  t.match(server.asked.at(-1), /bytes=[1-9]\d*-/);
  t.same(readFileSync(real(file)), bytes);
  await undone();
});
