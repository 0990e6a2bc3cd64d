import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommand } from '../run-command.mjs';
import { aptInstallation } from './apt-packages.mjs';

/**
 * Makes the Debian 12 that test/e2e/lab begins from, once: about 700 MB under `~/.cache/gpu-setup/lab`, in two to five minutes, of which
 * most is the download. Never fails: without it those tests skip themselves.
 *
 * @returns {Promise<{ready: boolean, why: string}>}
 */
export async function prepareLab(root, { log, say }) {
  const recipe = join(root, 'scripts/prepare/lab-base.sh');
  const folder = labFolder(recipe);
  if (existsSync(folder)) return { ready: true, why: `it lies in ${folder}` };
  if (process.getuid?.() !== 0) return { ready: false, why: 'only root may make it' };
  if (process.platform !== 'linux' || process.arch !== 'x64') return { ready: false, why: 'it is for x86_64 alone' };
  const ask = async (argv, timeoutMs = 30_000) => (await runCommand(argv, { log, timeoutMs })).code === 0;
  if (!(await ask(['unshare', '--mount', '--net', 'true']))) return { ready: false, why: 'this machine lets nobody mount' };
  if (!(await ask(['debootstrap', '--version']))) {
    const install = await aptInstallation(['debootstrap']);
    for (const command of install?.commands ?? []) await ask(command, 300_000);
    if (!(await ask(['debootstrap', '--version']))) return { ready: false, why: 'debootstrap is not there and could not be installed' };
  }
  say('lab: making a Debian 12 for its tests, once');
  const unfinished = `${folder}.new`;
  mkdirSync(dirname(folder), { recursive: true });
  // What an earlier try left, in a folder of our own name.
  rmSync(unfinished, { recursive: true, force: true });
  const made = await ask(['unshare', '--mount', '--propagation', 'private', 'sh', recipe, unfinished], 1_200_000);
  if (!made) return { ready: false, why: `debootstrap failed: ${log} says how` };
  renameSync(unfinished, folder);
  return { ready: true, why: `made in ${folder}` };
}

/** Another folder for each recipe. */
function labFolder(recipe) {
  const name = createHash('sha256').update(readFileSync(recipe)).digest('hex').slice(0, 12);
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gpu-setup/lab', `debian-12-${name}`);
}
