import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * Imports what a few lines of TypeScript export, whose paths start at `root`. Node runs no TypeScript: it is bundled, as deep below the root
 * as tables expect that are read from beside a module, which needs nothing built. `name` is that of the bundle.
 */
export async function importTypeScript(root, name, contents) {
  const folder = join(root, 'node_modules/.cache/gpu-setup');
  const outfile = join(folder, `${name}.mjs`);
  mkdirSync(folder, { recursive: true });
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    outfile,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}
