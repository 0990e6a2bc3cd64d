import { readFileSync } from 'node:fs';
import t from 'tap';

interface Manifest {
  readonly license?: string;
  readonly engines?: { readonly node?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}
const manifestOf = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Manifest;
const { dependencies = {}, devDependencies = {}, peerDependencies = {} } = manifestOf('package.json');

/** The rows of docs/dependencies.md: package to its other cells. */
const rows = new Map(
  readFileSync('docs/dependencies.md', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, name, range, licence, node, why] =
        /^\|\s*`([^`]+)`\s*\|\s*`([^`]+)`\s*\|\s*([^|]+?)\s*\|\s*((?:\\\||[^|])+?)\s*\|\s*(.+?)\s*\|$/.exec(line) ?? [];
      return name ? [[name, { range, licence, node: node!.replaceAll('`', '').replaceAll('\\|', '|'), why }] as const] : [];
    }),
);

t.test('every dependency has a row with its range, and every row is a dependency', async (t) => {
  const listed = Object.fromEntries([...rows].map(([name, { range }]) => [name, range]));
  t.same(listed, { ...dependencies, ...devDependencies, ...peerDependencies });
});

t.test('licence and Node.js are what the installed package says', async (t) => {
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const { license, engines } = manifestOf(`node_modules/${name}/package.json`);
    t.equal(rows.get(name)?.licence, license, name);
    const node = engines?.node;
    t.equal(rows.get(name)?.node, node ?? 'any', name);
  }
});
