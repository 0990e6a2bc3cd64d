import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Command } from 'commander';
import t, { type Test } from 'tap';
import type { Run } from '../../../src/cli/command.js';
import { weights } from '../../../src/cli/commands/weights.js';
import { weightsDirectory } from '../../../src/cli/weights-directory.js';
import { ExitCode } from '../../../src/errors.js';
import { openWeights } from '../../../src/trainer/weights/open-weights.js';
import { dictPickle, global, joined, pickle, tensor, text, tuple } from '../../trainer/weights/pickle-of.js';
import { writeWeights } from '../../trainer/weights/weights-of.js';
import { zipOf } from '../../trainer/weights/zip-of.js';
import { testTerminal } from '../test-terminal.js';

/** Runs `gpu-setup weights …` as the program would, in a folder of the test's. */
async function gpuSetup(cwd: string, args: readonly string[]) {
  const terminal = testTerminal({ env: { XDG_CACHE_HOME: join(cwd, 'cache') }, cwd });
  let exitCode: number | undefined;
  const run: Run =
    (handler) =>
    async (...given) => {
      exitCode = await handler(terminal, ...given);
    };
  const program = new Command().exitOverride();
  weights.register(program, run);
  await program.parseAsync(['weights', ...args], { from: 'user' });
  return { out: terminal.printed.join('\n'), said: terminal.said.join('\n'), exitCode };
}

const floats = (count: number) => Buffer.from(Float32Array.from({ length: count }, (_, i) => i).buffer);

/** A checkpoint of torchvision's names, as PyTorch writes it. */
function checkpoint(path: string): void {
  const entries = {
    'module.conv1.weight': tensor({ count: 48, shape: [4, 3, 2, 2] }),
    'module.bn1.num_batches_tracked': tensor({ key: '1', count: 1, shape: [], storage: 'LongStorage' }),
    'module.layer1.0.conv1.weight': tensor({ key: '2', count: 8, shape: [2, 4, 1, 1] }),
  };
  const storages = [floats(48), Buffer.alloc(8), floats(8)].map((content, key) => ({ name: `archive/data/${key}`, content }));
  writeFileSync(path, zipOf([{ name: 'archive/data.pkl', content: dictPickle(entries) }, ...storages]));
}

t.test('show says what is in a file and what each tensor becomes', async (t) => {
  const cwd = t.testdir({});
  checkpoint(join(cwd, 'weights.pth'));
  const { out, exitCode } = await gpuSetup(cwd, ['show', 'weights.pth']);
  t.equal(exitCode, ExitCode.ok);
  t.match(
    out,
    /^weights\.pth: PyTorch checkpoint \(zip, 1\.6 and later\), 1\.\d kB, 3 tensors\n {2}names {3}of torchvision, classification\n/,
  );
  t.match(out, /module\.conv1\.weight +F32 +\[4, 3, 2, 2\] +backbone\.stem\.conv\.weight \[2, 2, 3, 4\]/);
  t.match(out, /num_batches_tracked +I64 +\[\] +-/);
  const shown = JSON.parse((await gpuSetup(cwd, ['show', 'weights.pth', '--json'])).out);
  t.match(shown, { path: 'weights.pth', format: 'pytorch-zip', family: { name: 'torchvision', input: 'rgb' }, classes: null });
  t.same(shown.tensors[2], {
    name: 'module.layer1.0.conv1.weight',
    dtype: 'F32',
    shape: [2, 4, 1, 1],
    bytes: 32,
    ours: { name: 'backbone.stage1.block1.reduce.conv.weight', shape: [1, 1, 4, 2] },
  });
});

t.test('show names what a checkpoint says of itself, and shows no escape', async (t) => {
  const cwd = t.testdir({});
  const meta = joined('}(', text('mmdet_version'), text('1.2.0'), text('CLASSES'), tuple(text('cat'), text('dog')), 'u');
  const state = joined('}', text('a\u001b[2Jb'), tensor({ count: 2, shape: [2] }), 's');
  const content = pickle('}(', text('meta'), meta, text('epoch'), 'K\x0c', text('state_dict'), state, 'u');
  writeFileSync(
    join(cwd, 'x.pth'),
    zipOf([
      { name: 'a/data.pkl', content },
      { name: 'a/data/0', content: floats(2) },
    ]),
  );
  const { out } = await gpuSetup(cwd, ['show', 'x.pth']);
  t.match(out, /names {3}of no program that is known here/);
  t.match(out, /epoch {3}12\n {2}mmdet_version 1\.2\.0\n {2}tensors under `state_dict`\n {2}classes 2: cat, dog/);
  t.match(out, /a\\x1b\[2Jb/);
});

t.test('convert writes the same bytes as safetensors, or ours', async (t) => {
  const cwd = t.testdir({});
  checkpoint(join(cwd, 'weights.pth'));
  const { out, exitCode } = await gpuSetup(cwd, ['convert', 'weights.pth', 'out.safetensors']);
  t.equal(exitCode, ExitCode.ok);
  t.match(out, /Wrote `out\.safetensors`: 3 tensors/);
  const [before, after] = ['weights.pth', 'out.safetensors'].map((name) => openWeights(join(cwd, name)));
  for (const each of before!.tensors.values()) {
    const made = after!.tensors.get(each.name)!;
    t.same([made.dtype, made.shape, Buffer.from(made.bytes())], [each.dtype, each.shape, Buffer.from(each.bytes())]);
  }
  t.same(after!.about, { format: 'pt' });
  before!.close();
  after!.close();
  const { said, out: printed } = await gpuSetup(cwd, ['convert', 'weights.pth', 'ours.safetensors', '--names', 'ours', '--json']);
  t.equal(said, '');
  t.match(JSON.parse(printed), {
    file: 'weights.pth',
    out: 'ours.safetensors',
    tensors: 2,
    family: 'torchvision, classification',
    leftOver: [],
  });
  const ours = openWeights(join(cwd, 'ours.safetensors'));
  t.same(ours.tensors.get('backbone.stem.conv.weight')?.shape, [2, 2, 3, 4]);
  const numbers = new Float32Array(Uint8Array.from(ours.tensors.get('backbone.stem.conv.weight')!.bytes()).buffer);
  t.same([...numbers.subarray(0, 5)], [0, 12, 24, 36, 4], 'output channels last, input channels before them');
  ours.close();
  const bgr = await gpuSetup(cwd, ['convert', 'weights.pth', 'bgr.safetensors', '--names', 'ours', '--input', 'bgr']);
  t.equal(bgr.exitCode, ExitCode.ok);
  const turned = openWeights(join(cwd, 'bgr.safetensors'));
  const first = new Float32Array(Uint8Array.from(turned.tensors.get('backbone.stem.conv.weight')!.bytes()).buffer);
  t.ok(Math.abs(first[0]! - 8 * 58.395) < 1e-3, 'red was the last channel');
  turned.close();
});

t.test('what is refused leaves nothing behind', async (t) => {
  const cwd = t.testdir({ folder: {} });
  writeFileSync(join(cwd, 'evil.pth'), pickle(global('os', 'system'), tuple(text('touch marker')), 'R'));
  checkpoint(join(cwd, 'weights.pth'));
  writeFileSync(
    join(cwd, 'broken.pth'),
    zipOf([
      { name: 'a/data.pkl', content: dictPickle({ w: tensor({ count: 2, shape: [2] }) }) },
      { name: 'a/data/0', content: floats(2), crc: 7 },
    ]),
  );
  writeWeights(join(cwd, 'strange.safetensors'), { 'encoder.weight': { shape: [2] } });
  const before = readdirSync(cwd).sort();
  const cases: readonly (readonly [string[], RegExp])[] = [
    [['show', 'evil.pth'], /`.*evil\.pth` at byte 2: it would call `os\.system`/],
    [['convert', 'evil.pth', 'out.safetensors'], /would call `os\.system`/],
    [['convert', 'broken.pth', 'out.safetensors'], /`a\/data\/0`: its bytes are not those that were written/],
    [['convert', 'weights.pth', 'weights.pth'], /would be written over itself/],
    [['convert', 'weights.pth', 'absent/out.safetensors'], /there is no such folder/],
    [['convert', 'weights.pth', 'folder'], /it is a folder/],
    [['convert', 'absent.pth', 'out.safetensors'], /There is no file/],
    [['convert', 'strange.safetensors', 'out.safetensors', '--names', 'ours'], /no program that is known here/],
    [['convert', 'weights.pth', 'out.safetensors', '--input', 'bgr'], /`--names own` leaves as it is/],
    [['fetch', 'resnet51'], /No weights `resnet51` are known/],
  ];
  for (const [args, expected] of cases) {
    await t.rejects(gpuSetup(cwd, args), { name: 'UserError', exitCode: ExitCode.usage, message: expected }, args.join(' '));
    t.same(readdirSync(cwd).sort(), before, args.join(' '));
  }
  t.notOk(existsSync(join(cwd, 'marker')));
});

/** A host with one file, which counts what it is asked. */
async function host(t: Test, name: string, content: Uint8Array) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.headers.range ?? ''}`.trim());
    if (request.url !== `/files/${name}`) return void response.writeHead(404).end();
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const range = from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': content.length - from, ...range });
    response.end(request.method === 'HEAD' ? undefined : content.subarray(from));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/files/`, asked };
}

t.test('list and fetch', async (t) => {
  const cwd = t.testdir({});
  const { out } = await gpuSetup(cwd, ['list']);
  t.match(out, /^ {2}resnet50 +ResNet-50, ImageNet/m);
  const listed = JSON.parse((await gpuSetup(cwd, ['list', '--json'])).out);
  t.equal(listed.directory, join(cwd, 'cache/gpu-setup/weights'));
  t.ok(listed.weights.length >= 15);
  for (const row of listed.weights) {
    t.match(row.url, new RegExp(`-${row.sha256.slice(0, 8)}\\.pth$`), `${row.name}: the digits in the file's name`);
    t.notOk(row.there);
  }
  // A host that has the name, but not the file.
  const wrong = Buffer.from('not the weights');
  const { url, asked } = await host(t, 'resnet18-f37072fd.pth', wrong);
  await t.rejects(gpuSetup(cwd, ['fetch', 'resnet18', '--mirror', url]), {
    name: 'UserError',
    exitCode: ExitCode.failed,
    message: /has another SHA-256/,
  });
  t.equal(asked[0], 'HEAD');
  t.notOk(existsSync(join(cwd, 'cache/gpu-setup/weights/resnet18-f37072fd.pth')));
  await t.rejects(gpuSetup(cwd, ['fetch', 'resnet34', '--mirror', url]), { exitCode: ExitCode.failed, message: /it answers 404/ });
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  await t.rejects(gpuSetup(cwd, ['fetch', 'resnet34', '--mirror', `http://127.0.0.1:${port}/`]), {
    exitCode: ExitCode.failed,
    message: /^Could not load `resnet34-b627a593\.pth`: 127\.0\.0\.1:\d+: the connection was refused$/,
    hint: /with a network the same command loads it; `weights fetch --mirror URL` names another host; or put the file, loaded elsewhere, at `.*cache\/gpu-setup\/weights\/resnet34-b627a593\.pth`/,
  });
  mkdirSync(join(cwd, 'elsewhere'));
  writeFileSync(join(cwd, 'elsewhere/resnet18-f37072fd.pth'), wrong);
  await t.rejects(gpuSetup(cwd, ['fetch', 'resnet18', '--out', 'elsewhere']), { message: /is not the file that it should be|SHA-256/ });
  t.equal(weightsDirectory({ HOME: '/home/x' }), '/home/x/.cache/gpu-setup/weights');
  t.equal(weightsDirectory({ HOME: '/home/x', XDG_CACHE_HOME: 'relative' }), '/home/x/.cache/gpu-setup/weights');
});

t.test('what fetch loads has the checksum that the table says, be it only its beginning', async (t) => {
  const { fetchWeights } = await import('../../../src/trainer/weights/fetch-weights.js');
  const content = floats(1000);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const { url, asked } = await host(t, 'a.pth', content);
  const row = {
    name: 'a',
    title: 'A',
    url: `${url}a.pth`,
    sha256: sha256.slice(0, 8),
    input: 'rgb' as const,
    licence: 'none',
    source: 'here',
    date: '2026-01-01',
  };
  const directory = t.testdir({});
  const seen: number[] = [];
  const options = {
    weights: row,
    directory,
    signal: new AbortController().signal,
    onBytes: (there: number) => void seen.push(there),
    onFailure: t.fail,
  };
  t.same(await fetchWeights(options), { path: join(directory, 'a.pth'), wasThere: false });
  t.same(readFileSync(join(directory, 'a.pth')), content);
  t.equal(seen.at(-1), 4000);
  t.same(asked, ['HEAD', 'GET']);
  t.same(await fetchWeights(options), { path: join(directory, 'a.pth'), wasThere: true });
  t.equal(asked.length, 2, 'what is there is not asked for');
  // A beginning that was loaded before.
  const again = join(directory, 'again');
  mkdirSync(again);
  writeFileSync(join(again, 'a.pth.part'), content.subarray(0, 1500));
  await fetchWeights({ ...options, directory: again, weights: { ...row, bytes: 4000, sha256 } });
  t.same(asked.slice(2), ['GET bytes=1500-']);
});

t.test('a config may name weights that were fetched, or a file', async (t) => {
  const { findWeights } = await import('../../../src/trainer/weights/known-weights.js');
  const directory = t.testdir({});
  t.same(await findWeights('some/file.pth', directory), { path: 'some/file.pth' });
  await t.rejects(findWeights('resnet50', directory), {
    exitCode: ExitCode.usage,
    message: /^The weights `resnet50` \(ResNet-50, ImageNet.*\) are not here$/,
    hint: /`gpu-setup weights fetch resnet50` loads them/,
  });
  const path = join(directory, 'resnet50-0676ba61.pth');
  writeFileSync(path, 'x');
  t.same(await findWeights('resnet50', directory), { path, input: 'rgb' });
});
