#!/usr/bin/env node
// Builds dist/: TypeScript with tsc, the tables that the doctor reads as JSON, and TensorFlow.js with its gradients, cpu and wasm backends as one bundle.
// `--tfjs` builds the bundle alone, which is all that the tests need.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);

async function bundleTensorFlowJs() {
  const entry = at('scripts/tfjs-entry.mjs');
  const bundle = at('dist/tfjs/index.js');
  const sources = [entry, at('scripts/build.mjs'), at('package-lock.json')];
  if (existsSync(bundle) && sources.every((source) => statSync(source).mtimeMs < statSync(bundle).mtimeMs)) return;
  mkdirSync(dirname(bundle), { recursive: true });
  const wasm = at('node_modules/@tensorflow/tfjs-backend-wasm/dist');
  for (const name of readdirSync(wasm).filter((file) => file.endsWith('.wasm'))) copyFileSync(join(wasm, name), at('dist/tfjs', name));
  await build({
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    target: 'node20',
    // Without this the gradients are dropped as free of side effects.
    ignoreAnnotations: true,
    legalComments: 'linked',
    logLevel: 'error',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; import { fileURLToPath as __toPath } from 'node:url'; const require = __createRequire(import.meta.url); const __filename = __toPath(import.meta.url); const __dirname = __toPath(new URL('.', import.meta.url));",
    },
  });
}

await bundleTensorFlowJs();
if (!process.argv.includes('--tfjs')) {
  for (const name of existsSync(at('dist')) ? readdirSync(at('dist')) : [])
    if (name !== 'tfjs') rmSync(at('dist', name), { recursive: true });
  const tsc = spawnSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.build.json')], { stdio: 'inherit' });
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
  // The engine `torch` is compiled where it is installed.
  cpSync(at('src/engines/torch/native'), at('dist/engines/torch/native'), { recursive: true });
  const [{ quickSchemas }, { checkedTable, compiledTable }] = await Promise.all(
    ['quick-schemas', 'quick-table'].map((name) => import(at(`dist/setup/tables/${name}.js`))),
  );
  mkdirSync(at('dist/setup/tables/compiled'));
  for (const name of Object.keys(quickSchemas)) writeFileSync(compiledTable(name), JSON.stringify(await checkedTable(name)));
  const bin = at('dist/cli/main.js');
  if (existsSync(bin)) chmodSync(bin, 0o755);
}
