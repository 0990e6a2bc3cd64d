import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';

/** The commands in the fenced `sh` blocks of the papers, without their comments. */
const commands = ['README.md', 'CONTRIBUTING.md'].flatMap((paper) =>
  [...readFileSync(paper, 'utf8').matchAll(/^```sh\n([\s\S]*?)^```/gm)]
    .flatMap(([, block]) => block!.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== ''),
);
t.test('every script that the papers show is there', async (t) => {
  const scripts = commands.filter((line) => line.startsWith('scripts/')).map((line) => line.split(' ')[0]!);
  t.ok(scripts.includes('scripts/quickstart') && scripts.includes('scripts/test'));
  for (const script of scripts) t.ok(existsSync(script), script);
});

t.test('CI runs the test command of the README', async (t) => {
  t.match(readFileSync('.ci/run', 'utf8'), /^exec .*\/scripts\/test" "\$@"$/m);
});
