import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../run-command.mjs';

/** Whether every file of src/, also the C++ ones, has its newer counterpart in dist/, and the TensorFlow.js bundle is there. */
export function isBuilt(root) {
  if (!existsSync(join(root, 'dist/tfjs/index.js'))) return false;
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /((?<!\.d)\.ts|\.cc|\.h)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const configuration = Math.max(
    ...['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs', 'scripts/tfjs-entry.mjs'].map(
      (name) => modified(join(root, name)),
    ),
  );
  return sources.every((source) => {
    const built = join(root, 'dist', source.slice(join(root, 'src').length).replace(/\.ts$/, '.js'));
    return existsSync(built) && modified(built) >= Math.max(modified(source), configuration);
  });
}

const modified = (path) => statSync(path).mtimeMs;

/** Builds dist/ with scripts/build.mjs. */
export function build(root, { log, show = 'none' }) {
  return runCommand([process.execPath, join(root, 'scripts/build.mjs')], { cwd: root, log, show, timeoutMs: 600_000 });
}
