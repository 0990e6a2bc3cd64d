import { runCommand } from '../run-command.mjs';

const forEngines = ['python3', 'python3-venv', 'g++'];

/**
 * How to install packages here with apt-get, Python and a compiler unless told: as root, or by a sudo that asks no password. Undefined where neither is so.
 *
 * @returns {Promise<{commands: readonly (readonly string[])[], shown: string} | undefined>}
 */
export async function aptInstallation(packages = forEngines) {
  const apt = await runCommand(['apt-get', '--version'], { timeoutMs: 30_000 });
  if (apt.code !== 0) return undefined;
  const root = process.getuid?.() === 0;
  if (!root && (await runCommand(['sudo', '-n', 'true'], { timeoutMs: 30_000 })).code !== 0) return undefined;
  const prefix = root ? [] : ['sudo', '-n'];
  const install = [...prefix, 'apt-get', 'install', '-y', '--no-install-recommends', ...packages];
  return { commands: [[...prefix, 'apt-get', 'update'], install], shown: install.join(' ') };
}
