import { spawn } from 'node:child_process';
import { createReadStream, existsSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { program } from './gpu-setup.js';

/** A host that says it has the archive of VOC 2007 and sends zeros for it, a megabyte at a time. */
async function slowHost(t: Test, folder: string) {
  const zeros = join(folder, 'zeros');
  writeFileSync(zeros, '');
  truncateSync(zeros, 460_032_000);
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    asked.push(request.headers.range);
    const headers = { etag: '"zeros"', 'content-length': 460_032_000 - from };
    const range = { 'content-range': `bytes ${from}-460031999/460032000` };
    response.writeHead(from > 0 ? 206 : 200, from > 0 ? { ...headers, ...range } : headers);
    createReadStream(zeros, { start: from, end: from + 1_048_575 }).pipe(response, { end: false });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked };
}

/** Runs `data fetch voc2007`, and sends SIGINT when `part` has so many bytes. */
async function interrupted(cwd: string, mirror: string, bytes: number) {
  const child = spawn(process.execPath, [program, 'data', 'fetch', 'voc2007', '--mirror', mirror], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const part = join(cwd, 'data/downloads/VOCtrainval_06-Nov-2007.tar.part');
  const watching = setInterval(() => {
    if (!existsSync(part) || statSync(part).size < bytes) return;
    clearInterval(watching);
    child.kill('SIGINT');
  }, 20);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(watching);
  return { code, stderr, there: existsSync(part) ? statSync(part).size : 0 };
}

t.test('SIGINT keeps what was loaded, and the same command in a new process goes on from there', async (t) => {
  const cwd = t.testdir();
  const host = await slowHost(t, cwd);
  const first = await interrupted(cwd, host.url, 1_048_576);
  t.equal(first.code, 130, first.stderr);
  t.match(first.stderr, /Interrupted; what was loaded is kept/);
  t.match(first.stderr, /VOCtrainval_06-Nov-2007\.tar: \d+ % of 460 MB/);
  t.equal(first.there, 1_048_576);
  const second = await interrupted(cwd, host.url, 2_097_152);
  t.equal(second.code, 130, second.stderr);
  t.same(host.asked, [undefined, 'bytes=1048576-']);
  t.equal(second.there, 2_097_152);
  t.notOk(existsSync(join(cwd, 'data/VOCdevkit')));
});
