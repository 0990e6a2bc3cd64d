import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { gpuSetup, type Outcome, program } from './gpu-setup.js';

// Big files and child processes: a busy machine takes its time.
t.setTimeout(300_000);

const failing = 'test/fixtures/logs/failing-dmesg-bus.log';
const healthy = 'test/fixtures/logs/healthy-dmesg.log';
const failure = 'Failed to initialize NVML: Driver/library version mismatch\n';

/** Runs `explain`, with `input` on stdin, and watches how much memory it takes. */
function explaining(args: readonly string[], input?: string | Buffer): Promise<Outcome & { readonly peakMiB: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'explain', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    let [stdout, stderr, peakMiB] = ['', '', 0];
    const watch = setInterval(() => {
      try {
        const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
        peakMiB = Math.max(peakMiB, Number(kilobytes ?? 0) / 1024);
      } catch {
        // It has just ended.
      }
    }, 20);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // It may end before it has read everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, stdout, stderr, peakMiB });
    });
  });
}

/** The files that a process has open. */
function opened(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(`${folder}/${name}`)];
    } catch {
      // It was closed just now.
      return [];
    }
  });
}

const idsIn = (stdout: string): readonly string[] => (JSON.parse(stdout).failures as readonly { id: string }[]).map(({ id }) => id);

t.test('it ends with 1 where a failure is found, and with 0 where none is', async (t) => {
  const bad = gpuSetup(['explain', failing]);
  t.equal(bad.code, 1);
  t.match(bad.stdout, /^1\. A GPU no longer answers on the PCI bus \(fallen-off-bus\)\n {2}seen line 2: /);
  t.match(bad.stdout, /from a symptom of fallen-off-bus/);
  t.equal(bad.stderr, '');
  const good = gpuSetup(['explain', healthy]);
  t.equal(good.code, 0);
  t.match(good.stdout, /^No failure that is known/);
});

t.test('a note or a warning is no reason to end with 1', async (t) => {
  const file = join(t.testdir(), 'log');
  writeFileSync(file, 'NVRM: Persistence mode is deprecated and will be removed in a future release.\n');
  const { code, stdout } = gpuSetup(['explain', '--json', file]);
  t.same(idsIn(stdout), ['persistence-deprecated']);
  t.equal(code, 0);
});

t.test('--json is one document, from a file, from stdin and from gzip', async (t) => {
  const packed = join(t.testdir(), 'log.gz');
  writeFileSync(packed, gzipSync(readFileSync(failing)));
  const text = readFileSync(failing, 'utf8');
  for (const { code, stdout, stderr } of [
    await explaining(['--json', failing]),
    await explaining(['--json', '-'], text),
    await explaining(['--json'], text),
    await explaining(['--json', packed]),
    await explaining(['--json'], gzipSync(text)),
  ]) {
    t.equal(code, 1);
    t.equal(stderr, '');
    t.same(idsIn(stdout), ['fallen-off-bus', 'rm-init']);
    t.match(JSON.parse(stdout).failures[0], { id: 'fallen-off-bus', line: 2, text: /Xid/, cause: /PCIe/, remedy: /reseat/ });
  }
});

t.test('what is no log ends with 2 and one line', async (t) => {
  const folder = t.testdir({ directory: {}, 'cut.gz': '' });
  writeFileSync(join(folder, 'cut.gz'), gzipSync(Buffer.alloc(1e5, 'log\n')).subarray(0, 60));
  const server = createServer().listen(join(folder, 'socket'));
  for (const [name, said] of [
    ['missing', /There is no file/],
    ['missing/deeper', /There is no file/],
    ['directory', /is a folder, not a log/],
    ['socket', /is a socket, not a log/],
    ['cut.gz', /cannot be read/],
  ] as const) {
    const { code, stdout, stderr } = await explaining([join(folder, name)]);
    t.equal(code, 2, name);
    t.equal(stdout, '');
    t.match(stderr, said);
    t.match(stderr, /^error: [^\n]+\n(?:hint: [^\n]+\n)?$/);
  }
  server.close();
  const directory = spawnSync(process.execPath, [program, 'explain', '-'], {
    stdio: [openSync(folder, 'r'), 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  t.equal(directory.status, 2, 'a folder on stdin');
  t.match(directory.stderr, /^error: [^\n]+\n/);
});

t.test('an empty log is said to be empty', async (t) => {
  const { code, stdout } = await explaining(['-'], '');
  t.equal(code, 0);
  t.match(stdout, /^The log is empty/);
  t.equal(gpuSetup(['explain', '/dev/null']).code, 0);
});

t.test('a fifo is read to its end, and waiting for one can be interrupted', async (t) => {
  const fifo = join(t.testdir(), 'fifo');
  t.equal(spawnSync('mkfifo', [fifo]).status, 0);
  const reading = explaining(['--json', fifo]);
  const writer = spawn('tee', [fifo], { stdio: ['pipe', 'ignore', 'ignore'] });
  writer.stdin.end(failure);
  const { code, stdout } = await reading;
  t.equal(code, 1);
  t.same(idsIn(stdout), ['nvml-mismatch']);

  const waiting = spawn(process.execPath, [program, 'explain', fifo], { stdio: 'ignore' });
  while (!opened(waiting.pid!).includes(fifo)) await setTimeout(20);
  waiting.kill('SIGINT');
  const ended = await new Promise((resolve) => waiting.on('close', (code, signal) => resolve(code ?? signal)));
  t.equal(ended, 130);
});

t.test('a device that says nothing can be interrupted', async (t) => {
  // A terminal that nobody has opened the other side of.
  const waiting = spawn(process.execPath, [program, 'explain', '/dev/ptmx'], { stdio: 'ignore' });
  while (!opened(waiting.pid!).some((path) => path.endsWith('ptmx'))) await setTimeout(20);
  await setTimeout(200);
  waiting.kill('SIGINT');
  const ended = await new Promise((resolve) => waiting.on('close', (code, signal) => resolve(code ?? signal)));
  t.equal(ended, 130);
});

/** Files of 200 MB that no reader likes, each with a failure at its end. */
const hostile: Readonly<Record<string, () => Buffer>> = {
  'a line without end': () => Buffer.alloc(1 << 20, 'x'),
  'binary rubbish': () => Buffer.from(Uint32Array.from({ length: 1 << 18 }, (_, index) => Math.imul(index + 1, 2654435761)).buffer),
  'a progress bar': () => Buffer.alloc(1 << 20, ' 10 %\r'),
  colours: () => Buffer.alloc(1 << 20, '\x1b[01;31m\x1b[Kwarning\x1b[m\n'),
  NULs: () => Buffer.alloc(1 << 20),
  'short lines': () => Buffer.alloc(1 << 20, '\r\n'),
};

for (const [name, block] of Object.entries(hostile)) {
  t.test(`200 MB of ${name}: the failure behind it is found in bounded memory`, async (t) => {
    const path = join(t.testdir(), 'hostile.log');
    const file = openSync(path, 'w');
    const bytes = block();
    for (let written = 0; written < 200e6; ) written += writeSync(file, bytes);
    writeSync(file, `\x1b[0m\n${failure}`);
    closeSync(file);
    const { code, stdout, stderr, peakMiB } = await explaining(['--json', path]);
    t.equal(code, 1, stderr);
    t.same(idsIn(stdout), ['nvml-mismatch']);
    t.ok(peakMiB > 0 && peakMiB < 300, `${peakMiB.toFixed(0)} MiB at most`);
  });
}
