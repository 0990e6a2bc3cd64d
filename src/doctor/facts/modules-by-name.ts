import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { moduleName } from './module-blacklist.js';

/** A module that is loaded at boot by its name, which a `blacklist` in modprobe.d does not keep from it. */
export interface ModuleByName {
  readonly module: string;
  /** `/etc/modules:3` */
  readonly where: string;
}

const lists = ['/etc/modules', '/etc/initramfs-tools/modules'] as const;
const folders = ['/etc/modules-load.d', '/usr/local/lib/modules-load.d', '/usr/lib/modules-load.d'] as const;

/** `nouveau`, `nouveau modeset=1`; comments say nothing. */
export function parseModuleList(text: string, file: string): readonly ModuleByName[] {
  return text.split('\n').flatMap((line, index) => {
    const [name] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/);
    return name ? [{ module: moduleName(name), where: `${file}:${index + 1}` }] : [];
  });
}

/** `force_drivers+=" nouveau "` and `MODULES=(nouveau)` of dracut and mkinitcpio: each loads it in the early boot image. */
export function parseForcedDrivers(text: string, file: string): readonly ModuleByName[] {
  return text.split('\n').flatMap((line, index) => {
    const [, names] =
      line.match(/^\s*(?:force_drivers\+?=\s*["']([^"']*)["']|MODULES\+?=\(([^)]*)\))/)?.filter((each) => each !== undefined) ?? [];
    return (names ?? '')
      .split(/\s+/)
      .filter((name) => /^[\w-]+$/.test(name))
      .map((name) => ({ module: moduleName(name), where: `${file}:${index + 1}` }));
  });
}

/** What is loaded at boot by name, in the early boot image or after it. */
export const modulesByName: Fact<readonly ModuleByName[]> = {
  name: 'modulesByName',
  async read(host) {
    const found: ModuleByName[] = [];
    for (const file of lists) found.push(...(await parsed(host, file, parseModuleList)));
    for (const folder of folders) {
      const listing = await host.list(folder);
      const names = listing.outcome === 'entries' ? listing.names.filter((name) => name.endsWith('.conf')) : [];
      for (const name of names) found.push(...(await parsed(host, `${folder}/${name}` as HostPath, parseModuleList)));
    }
    for (const file of ['/etc/dracut.conf', '/etc/mkinitcpio.conf'] as const) found.push(...(await parsed(host, file, parseForcedDrivers)));
    const dracut = await host.list('/etc/dracut.conf.d');
    for (const name of dracut.outcome === 'entries' ? dracut.names.filter((each) => each.endsWith('.conf')) : [])
      found.push(...(await parsed(host, `/etc/dracut.conf.d/${name}` as HostPath, parseForcedDrivers)));
    return known(found, '/etc/modules, modules-load.d and the settings of the early boot image');
  },
};

async function parsed(host: Host, file: HostPath, parse: (text: string, file: string) => readonly ModuleByName[]) {
  const answer = await host.read(file);
  return answer.outcome === 'text' ? parse(answer.text, file) : [];
}
