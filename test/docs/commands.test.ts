import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { commands } from '../../src/cli/commands/index.js';
import { programOf } from '../../src/cli/program.js';
import { gpuSetup } from '../e2e/gpu-setup.js';

// Many child processes: a busy machine takes its time.
t.setTimeout(120_000);

const papers = ['README.md', 'CONTRIBUTING.md', ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))];

interface Shown {
  readonly where: string;
  /** Without `gpu-setup`. */
  readonly words: readonly string[];
}

/** Commands of ours in fenced blocks: with a prompt in blocks of output, without one in blocks of commands. */
function inBlocks(paper: string): Shown[] {
  const lines = readFileSync(paper, 'utf8').split('\n');
  let fenced = false;
  return lines.flatMap((line, index) => {
    if (line.startsWith('```')) {
      fenced = !fenced;
      return [];
    }
    const [, command] = fenced ? (/^(?:\$ )?gpu-setup (.*?)(?:\s+#.*)?$/.exec(line) ?? []) : [];
    return command === undefined ? [] : [{ where: `${paper}:${index + 1}`, words: command.trim().split(/\s+/) }];
  });
}

/** Commands of ours in the text, but for those that stand for several (`[--json]`, `COMMAND`, `…`). */
function inText(paper: string): Shown[] {
  const text = readFileSync(paper, 'utf8').replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ''));
  return text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(/`gpu-setup ([^`]+)`/g)]
        .filter(([, command]) => !/[[\]|…]|\bCOMMAND\b/.test(command!))
        .map(([, command]) => ({ where: `${paper}:${index + 1}`, words: command!.split(/\s+/) })),
    );
}

const shown = papers.flatMap((paper) => [...inBlocks(paper), ...inText(paper)]);

/** What the real command line says of `words` without doing anything: undefined where it would run them. */
async function complaintOf(words: readonly string[]): Promise<string | undefined> {
  let said = '';
  let handlers = 0;
  const program = programOf(() => async () => void handlers++, commands);
  const quiet = (text: string) => {
    said += text;
  };
  const listen = (command: typeof program): void => {
    command.configureOutput({ writeOut: quiet, writeErr: quiet });
    for (const child of command.commands) listen(child);
  };
  listen(program);
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    return said || String(error);
  }
  return handlers === 1 ? undefined : `it runs ${handlers} commands`;
}

t.test('the command line takes every command that a paper shows, with its options and their values', async (t) => {
  t.ok(shown.filter(({ where }) => where.startsWith('README.md')).length >= 12, 'the patterns find commands at all');
  t.ok(shown.filter(({ where }) => where.startsWith('docs/')).length >= 15);
  for (const { where, words } of shown) t.equal(await complaintOf(words), undefined, `${where}: gpu-setup ${words.join(' ')}`);
});

t.test('what is no command would be found', async (t) => {
  for (const words of [
    ['doctr'],
    ['doctor', '--jsn'],
    ['train'],
    ['train', 'voc', '--epochs', 'many'],
    ['train', 'voc', '--epochs', '1', '--max-minutes', '1'],
  ])
    t.type(await complaintOf(words), 'string', words.join(' '));
});

/** These only look, or draw something small: they are run as they stand. Others need a GPU, a network or minutes. */
const quick: Readonly<Record<string, readonly number[]>> = {
  doctor: [0, 1],
  'doctor --json': [0, 1],
  'engine list': [0],
  'install-driver --dkms --dry-run': [0, 1, 2],
  'install-driver --dkms --dry-run --assume-gpu 2684': [0, 1, 2],
  'data make shapes': [0],
};

t.test('the quick ones run, and end as they may', async (t) => {
  const lines = new Set(shown.map(({ words }) => words.join(' ')));
  for (const [line, ends] of Object.entries(quick)) {
    t.ok(lines.has(line), `a paper shows ${line}`);
    const { code, stdout, stderr } = gpuSetup(line.split(' '), { cwd: t.testdir() });
    t.ok(ends.includes(code!), `${line} ends with ${code}`, { stderr });
    t.ok(stdout !== '' || /^error: /m.test(stderr), `${line} says something`);
    if (line.endsWith('--json')) t.doesNotThrow(() => JSON.parse(stdout));
  }
});
