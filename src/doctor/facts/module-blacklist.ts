import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known, unknown } from '../fact.js';
import { type KernelParameter, kernelCommandLine } from './kernel-command-line.js';

/** One line that keeps a module from loading by itself, or at all. */
export interface BlacklistEntry {
  /** With underscores, as the kernel spells it. */
  readonly module: string;
  /** `blacklist`: not by itself; `install`: not by name either; `options`: it loads and does nothing. */
  readonly how: 'blacklist' | 'install' | 'options';
  /** `/etc/modprobe.d/blacklist-nouveau.conf:1`, or `/proc/cmdline` */
  readonly where: string;
  readonly line: string;
}

/** In the order of modprobe.d(5): a file hides those of the same name in later directories. */
export const modprobeDirectories = [
  '/etc/modprobe.d',
  '/run/modprobe.d',
  '/usr/local/lib/modprobe.d',
  '/usr/lib/modprobe.d',
  '/lib/modprobe.d',
] as const;

/** `blacklist nouveau`, `install nouveau /bin/false`, `options nouveau modeset=0`; comments and other lines say nothing. */
export function parseModprobeFile(text: string, file: string): readonly BlacklistEntry[] {
  return text.split('\n').flatMap((line, index): readonly BlacklistEntry[] => {
    const [word, name, ...rest] = line.trim().split(/\s+/);
    if (name === undefined) return [];
    const entry = { module: moduleName(name), where: `${file}:${index + 1}`, line: line.trim() };
    if (word === 'blacklist') return [{ ...entry, how: 'blacklist' }];
    if (word === 'install' && /(^|\/)(false|true)$/.test(rest[0] ?? '')) return [{ ...entry, how: 'install' }];
    if (word === 'options' && rest.includes('modeset=0')) return [{ ...entry, how: 'options' }];
    return [];
  });
}

/** `modprobe.blacklist=nouveau,nova_core rd.driver.blacklist=nouveau module_blacklist=nouveau nouveau.modeset=0` */
export function blacklistOfCommandLine(parameters: readonly KernelParameter[]): readonly BlacklistEntry[] {
  return parameters.flatMap(({ name, value }): readonly BlacklistEntry[] => {
    const entry = { where: '/proc/cmdline', line: `${name}=${value}` };
    if (['modprobe.blacklist', 'rd.driver.blacklist', 'module_blacklist'].includes(name)) {
      const how = name === 'module_blacklist' ? 'install' : 'blacklist';
      return (value ?? '')
        .split(',')
        .filter(Boolean)
        .map((module) => ({ ...entry, module: moduleName(module), how }));
    }
    const [, module] = value === '0' ? (name.match(/^(\w+)\.modeset$/) ?? []) : [];
    return module ? [{ ...entry, module: moduleName(module), how: 'options' }] : [];
  });
}

/** The kernel takes `-` and `_` for the same. */
export const moduleName = (name: string): string => name.replaceAll('-', '_');

/** Everything that keeps modules from loading, with file and line. */
export const moduleBlacklist: Fact<readonly BlacklistEntry[]> = {
  name: 'moduleBlacklist',
  async read(host, facts) {
    const seen = new Set<string>();
    const entries: BlacklistEntry[] = [];
    for (const directory of modprobeDirectories) {
      const found = await entriesOf(host, directory, seen);
      if (typeof found === 'string') return unknown(found);
      entries.push(...found);
    }
    const commandLine = await facts.of(kernelCommandLine);
    if (commandLine.known) entries.push(...blacklistOfCommandLine(commandLine.value));
    return known(entries, commandLine.known ? 'modprobe.d and /proc/cmdline' : 'modprobe.d');
  },
};

/** The entries of one directory, or why they cannot be known; `seen` collects the names of its files. */
async function entriesOf(host: Host, directory: HostPath, seen: Set<string>): Promise<readonly BlacklistEntry[] | string> {
  const listing = await host.list(directory);
  if (listing.outcome === 'absent') return [];
  // /run is empty before the boot, so a mounted image loses nothing there.
  if (listing.outcome === 'unavailable') return directory.startsWith('/run/') ? [] : `${directory}: ${listing.why}`;
  const entries: BlacklistEntry[] = [];
  for (const name of listing.names.filter((each) => each.endsWith('.conf') && !seen.has(each))) {
    seen.add(name);
    const file = `${directory}/${name}` as HostPath;
    const answer = await host.read(file);
    if (answer.outcome === 'unavailable') return `${file}: ${answer.why}`;
    if (answer.outcome === 'text') entries.push(...parseModprobeFile(answer.text, file));
  }
  return entries;
}
