import { readFileSync } from 'node:fs';

const read = (name: string): string => readFileSync(new URL(`driver/${name}`, import.meta.url), 'utf8');

/** Texts by file name. */
export type Files = Readonly<Record<string, string>>;

/** Values for the `@NAME@` of a file of driver/. */
export const filled = (name: string, values: Files): string =>
  read(name).replace(/@([A-Z]+)@/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`driver/${name} wants ${key}`);
    return value;
  });

const modules = ['nvidia', 'nvidia-modeset', 'nvidia-uvm', 'nvidia-drm'] as const;

/** The sources of small kernel modules named as NVIDIA's, and the Makefile that builds them. */
export function moduleSources(version: string, licence: 'NVIDIA' | 'Dual MIT/GPL'): Files {
  const values = { VERSION: version, LICENSE: licence };
  return Object.fromEntries([...modules.map((name) => `${name}.c`), 'Makefile'].map((name) => [name, filled(name, values)]));
}

/** What DKMS is told of them; `suffix` is Debian's, which renames modules: `nvidia-current.ko`. */
export function dkmsConf(name: string, version: string, suffix = ''): string {
  const lines = modules.flatMap((module, index) => [
    `BUILT_MODULE_NAME[${index}]="${module}"`,
    ...(suffix ? [`DEST_MODULE_NAME[${index}]="${module.replace('nvidia', `nvidia-${suffix}`)}"`] : []),
    `DEST_MODULE_LOCATION[${index}]="/kernel/drivers/video"`,
  ]);
  return `${filled('dkms.conf', { PACKAGE: name, VERSION: version })}${lines.join('\n')}\n`;
}

/** The source of the rival. */
export function nouveauSource(): Files {
  return {
    'nouveau.c': filled('nvidia.c', {}).replaceAll('nvidia_lab_calls', 'nouveau_lab_calls'),
    Makefile: filled('Makefile', { VERSION: '1.4.0', LICENSE: 'GPL' }).replace(/^obj-m := .*/m, 'obj-m := nouveau.o'),
  };
}
