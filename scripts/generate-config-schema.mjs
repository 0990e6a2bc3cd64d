#!/usr/bin/env node
// Writes configs/schema/training.schema.json, which lets an editor complete and check configs, out of what the parts of the trainer say of
// themselves. `--check` writes nothing and fails where the file is older than those.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importTypeScript } from './import-typescript.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const path = join(root, 'configs/schema/training.schema.json');
const unknown = process.argv.slice(2).find((word) => word !== '--check');
if (unknown !== undefined) {
  console.error(`error: unknown argument \`${unknown}\`\nhint: the only one is \`--check\``);
  process.exit(2);
}
const { configJsonSchema } = await importTypeScript(
  root,
  'config-schema',
  "export { configJsonSchema } from './src/trainer/config/schema.ts';",
);
const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
  console.error('error: configs/schema/training.schema.json is not what the parts say\nhint: `node scripts/generate-config-schema.mjs`');
  process.exitCode = 1;
}
