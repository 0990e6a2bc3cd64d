import type { Facts } from './fact.js';
import { osRelease } from './facts/os-release.js';

/** Families that share their package manager and the way of rebuilding an initramfs. */
export type Family = 'debian' | 'redhat' | 'suse' | 'arch';

/** The family of the machine's distribution; undefined of one that we have no commands for. */
export async function familyOf(facts: Facts): Promise<Family | undefined> {
  const release = await facts.of(osRelease);
  if (!release.known) return undefined;
  const names = [release.value.id, ...release.value.idLike];
  if (names.some((name) => name === 'debian' || name === 'ubuntu')) return 'debian';
  if (names.some((name) => ['rhel', 'fedora', 'centos', 'amzn'].includes(name))) return 'redhat';
  if (names.some((name) => name === 'suse' || name.startsWith('opensuse') || name === 'sles')) return 'suse';
  return names.includes('arch') ? 'arch' : undefined;
}

const installers: Readonly<Record<Family, string>> = {
  debian: 'sudo apt-get install',
  redhat: 'sudo dnf install',
  suse: 'sudo zypper install',
  arch: 'sudo pacman -S',
};
const initramfsTools: Readonly<Record<Family, string>> = {
  debian: 'sudo update-initramfs -u -k all',
  redhat: 'sudo dracut --regenerate-all --force',
  suse: 'sudo dracut --regenerate-all --force',
  arch: 'sudo mkinitcpio -P',
};

/** The command that installs what a family calls by these names; none for a family that is not named. */
export async function installCommands(facts: Facts, names: Readonly<Partial<Record<Family, string>>>): Promise<readonly string[]> {
  const family = await familyOf(facts);
  const packages = family && names[family];
  return family && packages ? [`${installers[family]} ${packages}`] : [];
}

/** The command that rebuilds the initramfs of every installed kernel. */
export async function initramfsCommands(facts: Facts): Promise<readonly string[]> {
  const family = await familyOf(facts);
  return family ? [initramfsTools[family]] : [];
}
