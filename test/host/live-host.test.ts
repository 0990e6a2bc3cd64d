import { join } from 'node:path';
import t from 'tap';
import type { HostPath } from '../../src/host/host.js';
import { liveHost } from '../../src/host/live-host.js';

const environment = { PATH: process.env.PATH, GREETING: 'hello' };
const host = liveHost({ environment });

t.test('a program answers with its exit code and both of its streams, untouched', async (t) => {
  t.same(await host.ask({ program: 'printf', args: ['%s\\n', '$HOME; ls *'] }), {
    outcome: 'exited',
    code: 0,
    stdout: '$HOME; ls *\n',
    stderr: '',
  });
  const failed = await host.ask({ program: 'ls', args: ['/no/such/folder'] });
  t.match(failed, { outcome: 'exited', code: 2, stderr: /No such file or directory/ });
});

t.test('programs run in the language of the machine room, with the environment that was handed in', async (t) => {
  t.match(await host.ask({ program: 'printenv', args: ['LC_ALL'] }), { stdout: 'C\n' });
  t.match(await host.ask({ program: 'printenv', args: ['GREETING'] }), { stdout: 'hello\n' });
  t.match(await liveHost({ environment: {} }).ask({ program: 'printenv', args: ['GREETING'] }), { code: 1 });
});

t.test('a program that does not exist is absent, one that may not be run is unavailable', async (t) => {
  const folder = t.testdir({ plain: '#!/bin/sh\n' });
  t.same(await host.ask({ program: 'gpu-setup-no-such-program', args: [] }), { outcome: 'absent' });
  t.equal((await host.ask({ program: join(folder, 'plain'), args: [] })).outcome, 'unavailable');
});

t.test('a program that hangs is stopped, and its children with it', async (t) => {
  // The child holds the pipe: whoever waits for its end waits for the child.
  const answer = await host.ask({ program: 'sh', args: ['-c', 'sleep 300 & sleep 300'], timeoutMs: 150 });
  t.same(answer, { outcome: 'timed-out', afterMs: 150 });
});

t.test('an abort ends what runs, and nothing is begun after it', async (t) => {
  const stop = new AbortController();
  const stopped = liveHost({ environment, signal: stop.signal });
  const asked = stopped.ask({ program: 'sleep', args: ['300'] });
  setImmediate(() => stop.abort());
  t.match(await asked, { outcome: 'unavailable', why: 'interrupted' });
  t.match(await stopped.ask({ program: 'true', args: [] }), { outcome: 'unavailable', why: 'interrupted' });
});

t.test('a named pipe without a writer does not hold the reader', async (t) => {
  const pipe = join(t.testdir(), 'pipe');
  t.match(await host.ask({ program: 'mkfifo', args: [pipe] }), { code: 0 });
  t.same(await host.read(pipe as HostPath), { outcome: 'unavailable', why: 'it is no regular file' });
});

t.test('a device node has its number', async (t) => {
  t.match(await host.stat('/dev/null'), { outcome: 'status', kind: 'character-device', major: 1, minor: 3 });
});

t.test('what root alone may read is unavailable to others', { skip: process.getuid?.() === 0 && 'root may read everything' }, async (t) => {
  t.match(await host.read('/etc/shadow'), { outcome: 'unavailable' });
});
