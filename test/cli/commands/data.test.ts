import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import t, { type Test } from 'tap';
import type { Run } from '../../../src/cli/command.js';
import { data } from '../../../src/cli/commands/data.js';
import type { Terminal } from '../../../src/cli/terminal.js';

/** Runs `gpu-setup data …` as the program would, in a folder of the test's. */
async function gpuSetup(test: Test, args: readonly string[], signal = new AbortController().signal) {
  const cwd = test.testdir();
  const out: string[] = [];
  const said: string[] = [];
  const terminal: Terminal = {
    env: {},
    cwd,
    signal,
    interactive: false,
    out: (text) => void out.push(text),
    say: (text) => void said.push(text),
    style: (_, text) => text,
    confirm: async () => false,
  };
  let exitCode: number | undefined;
  const run: Run =
    (handler) =>
    async (...given) => {
      exitCode = await handler(terminal, ...given);
    };
  const program = new Command().exitOverride().configureOutput({ writeErr: (text) => void said.push(text) });
  data.register(program, run);
  for (const command of program.commands) {
    const inherit = (child: Command, parent: Command): void => {
      child.copyInheritedSettings(parent);
      for (const below of child.commands) inherit(below, child);
    };
    inherit(command, program);
  }
  await program.parseAsync(['data', ...args], { from: 'user' });
  return { cwd, out: out.join('\n'), said: said.join('\n'), exitCode };
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
