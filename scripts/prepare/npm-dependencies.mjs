import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../run-command.mjs';

/**
 * What of package-lock.json is not in node_modules as the lock file has it; empty when all is there.
 * npm writes what it installed into node_modules/.package-lock.json; a package for another platform is in neither.
 */
export function missingPackages(root) {
  const locked = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(locked)
    .filter(([path, entry]) => path !== '' && !entry.optional && !entry.peer)
    .filter(([path, entry]) => installed[path]?.version !== entry.version || !existsSync(join(root, path, 'package.json')))
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
}

function readPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

/** Installs exactly what the lock file names, development packages too whatever NODE_ENV says. */
export function installPackages(root, { log, show = 'none' }) {
  return runCommand(['npm', 'ci', '--include=dev', '--include=optional', '--no-fund', '--no-audit'], {
    cwd: root,
    log,
    show,
    timeoutMs: 900_000,
  });
}
