import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';

const papers = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];

t.test('every link inside the repository leads somewhere', async (t) => {
  let links = 0;
  for (const paper of papers) {
    for (const [, target] of readFileSync(paper, 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      if (/^https?:/.test(target!)) continue;
      links += 1;
      t.ok(existsSync(join(dirname(paper), target!)), `${paper} -> ${target}`);
    }
  }
  t.ok(links > 5, 'the pattern finds links at all');
});

t.test('docs/architecture.md names every room of src/', async (t) => {
  const page = readFileSync('docs/architecture.md', 'utf8');
  const rooms = readdirSync('src').filter((name) => statSync(join('src', name)).isDirectory());
  for (const room of rooms) t.match(page, `\`src/${room}\``, room);
});

t.test('scripts that people run are executable', async (t) => {
  for (const script of ['scripts/quickstart', 'scripts/test', 'scripts/bench', 'scripts/with-node', '.ci/run'])
    t.ok(statSync(script).mode & 0o100, script);
});
