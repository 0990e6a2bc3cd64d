import { spawnSync } from 'node:child_process';
import t from 'tap';
import './gpu-setup.js';

interface Packed {
  readonly unpackedSize: number;
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

t.test('the package holds what it needs to run, and nothing else', async (t) => {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' });
  const [{ unpackedSize, size, files }] = JSON.parse(stdout) as [Packed];
  const paths = files.map(({ path }) => path);
  const strays = paths.filter(
    (path) => !/^(dist|configs|templates)\//.test(path) && !['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'].includes(path),
  );
  t.same(strays, []);
  for (const needed of ['dist/cli/main.js', 'dist/tfjs/index.js', 'dist/tfjs/tfjs-backend-wasm-simd.wasm', 'LICENSE'])
    t.ok(paths.includes(needed), needed);
  t.ok(
    paths.some((path) => path.startsWith('configs/')),
    'configs ship',
  );
  t.ok((files.find(({ path }) => path === 'dist/cli/main.js')?.mode ?? 0) & 0o100, 'the program is executable');
  t.ok(
    paths.some((path) => /^dist\/tfjs\/.*(LEGAL|LICENSE)/i.test(path)),
    'the licence notice of what is bundled',
  );
  t.ok(unpackedSize < 8_000_000, `${unpackedSize} bytes unpacked`);
  t.ok(size < 3_000_000, `${size} bytes to download`);
});
