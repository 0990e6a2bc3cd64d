import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { commandsIn, gpuSetup } from '../e2e/gpu-setup.js';

// Many child processes: a busy machine takes its time.
t.setTimeout(120_000);

/** The commands in the fenced `sh` blocks of the papers, without their comments. */
const commands = ['README.md', 'CONTRIBUTING.md'].flatMap((paper) =>
  [...readFileSync(paper, 'utf8').matchAll(/^```sh\n([\s\S]*?)^```/gm)]
    .flatMap(([, block]) => block!.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== ''),
);
const ours = commands.filter((line) => line.startsWith('gpu-setup ')).map((line) => line.split(/\s+/).slice(1));

const helps = new Map<string, string>();

/** The help of a command, asked for once. */
function helpOf(path: readonly string[]): string {
  const key = path.join(' ');
  const help = helps.get(key) ?? gpuSetup([...path, '--help']).stdout;
  helps.set(key, help);
  return help;
}

t.test('every command of ours that the papers show exists, with every option they show', async (t) => {
  t.ok(ours.length >= 8);
  for (const words of ours) {
    const path: string[] = [];
    for (let next = words[0]; next && commandsIn(helpOf(path)).includes(next); next = words[path.length]) path.push(next);
    t.ok(path.length > 0, `gpu-setup ${words.join(' ')}`);
    const help = helpOf(path);
    for (const option of words.filter((word) => word.startsWith('--')))
      t.match(help, new RegExp(`^ +.*${option}\\b`, 'm'), words.join(' '));
  }
});

t.test('the quick ones do what the page says', async (t) => {
  const doctor = gpuSetup(['doctor', '--json']);
  t.ok([0, 1].includes(doctor.code!), doctor.stderr);
  t.doesNotThrow(() => JSON.parse(doctor.stdout));
  t.match(gpuSetup(['engine', 'list']), { code: 0, stdout: /wasm/ });
});

t.test('every script that the papers show is there', async (t) => {
  const scripts = commands.filter((line) => line.startsWith('scripts/')).map((line) => line.split(' ')[0]!);
  t.ok(scripts.includes('scripts/quickstart') && scripts.includes('scripts/test'));
  for (const script of scripts) t.ok(existsSync(script), script);
});

t.test('CI runs the test command of the README', async (t) => {
  t.match(readFileSync('.ci/run', 'utf8'), /^exec .*\/scripts\/test" "\$@"$/m);
});
