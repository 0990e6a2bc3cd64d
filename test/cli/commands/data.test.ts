import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { Command } from 'commander';
import t, { type Test } from 'tap';
import type { Run } from '../../../src/cli/command.js';
import { data } from '../../../src/cli/commands/data.js';
import { archiveServer } from '../../trainer/data/fetch/archive-server.js';
import { testTerminal } from '../test-terminal.js';

/** Runs `gpu-setup data …` as the program would, in a folder of the test's. */
async function gpuSetup(test: Test, args: readonly string[], signal = new AbortController().signal) {
  const cwd = test.testdir();
  const terminal = testTerminal({ env: {}, cwd, signal });
  let exitCode: number | undefined;
  const run: Run =
    (handler) =>
    async (...given) => {
      exitCode = await handler(terminal, ...given);
    };
  const program = new Command().exitOverride().configureOutput({ writeErr: (text) => void terminal.said.push(text) });
  data.register(program, run);
  for (const command of program.commands) {
    const inherit = (child: Command, parent: Command): void => {
      child.copyInheritedSettings(parent);
      for (const below of child.commands) inherit(below, child);
    };
    inherit(command, program);
  }
  await program.parseAsync(['data', ...args], { from: 'user' });
  return { cwd, out: terminal.printed.join('\n'), said: terminal.said.join('\n'), exitCode };
}

t.test('make shapes', async (t) => {
  const { cwd, out, said, exitCode } = await gpuSetup(t, ['make', 'shapes', '--images', '10']);
  t.equal(exitCode, 0);
  t.ok(existsSync(join(cwd, 'shapes/ImageSets/Main/train.txt')));
  t.match(out, /Made `shapes`: 10 pictures of circle, square, star, triangle/);
  t.match(out, /gpu-setup train voc --data shapes/);
  t.match(said, /10 of 10 pictures/);
});

t.test('make shapes --json is one document and no talk', async (t) => {
  const { cwd, out, said } = await gpuSetup(t, ['make', 'shapes', '--images', '10', '--seed', '4', '--out', 'here/now', '--json']);
  t.match(JSON.parse(out), {
    images: 10,
    seed: 4,
    made: true,
    directory: join(cwd, 'here/now'),
    splits: { train: 6, val: 2, test: 2, trainval: 8 },
  });
  t.equal(said, '');
});

t.test('make shapes refuses what makes no sense', async (t) => {
  for (const args of [
    ['--images', '9'],
    ['--images', 'many'],
    ['--seed', '-1'],
    ['--seed', '0.5'],
  ]) {
    await t.rejects(gpuSetup(t, ['make', 'shapes', ...args]), { code: 'commander.invalidArgument' });
  }
});

t.test('make shapes, interrupted', async (t) => {
  const { cwd, exitCode } = await gpuSetup(t, ['make', 'shapes'], AbortSignal.abort());
  t.equal(exitCode, 130);
  t.notOk(existsSync(join(cwd, 'shapes')));
});

t.test('fetch refuses what it does not know, and asks nobody', async (t) => {
  await t.rejects(gpuSetup(t, ['fetch', 'voc2008']), { name: 'UserError', exitCode: 2, hint: /did you mean `voc200?7`|there is/ });
  await t.rejects(gpuSetup(t, ['fetch', 'imagenet']), { name: 'UserError', exitCode: 2, hint: /`voc2007`, `voc2012`/ });
  await t.rejects(gpuSetup(t, ['fetch', 'voc2012', '--split', 'test']), { name: 'UserError', exitCode: 2, hint: /`trainval`, `all`/ });
  for (const mirror of ['nowhere', 'file:///etc/', 'ftp://127.0.0.1/'])
    await t.rejects(gpuSetup(t, ['fetch', 'voc2007', '--mirror', mirror]), { code: 'commander.invalidArgument' });
});

t.test('fetch from a host that is not there: one line, exit 3', async (t) => {
  const { address, close } = await closedPort();
  await close();
  await t.rejects(gpuSetup(t, ['fetch', 'voc2007', '--mirror', address]), {
    name: 'UserError',
    exitCode: 3,
    message: /^Could not load `VOCtrainval_06-Nov-2007\.tar`: 127\.0\.0\.1:\d+: the connection was refused$/,
    hint: /the same command goes on/,
  });
});

t.test('fetch from a host that has another file', async (t) => {
  const server = await archiveServer(t, Buffer.from('not the archive'));
  await t.rejects(gpuSetup(t, ['fetch', 'voc2012', '--mirror', server.url]), {
    exitCode: 3,
    message: /its file has 15 bytes, not 1999639040/,
  });
});

/** The address of a port that was free a moment ago. */
async function closedPort() {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, close: () => new Promise((resolve) => server.close(resolve)) };
}
