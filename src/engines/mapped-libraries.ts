import { readFileSync } from 'node:fs';

/** The files with this name's beginning that are mapped into a process, out of the text of its `/proc/PID/maps`; each once. */
export function mappedIn(maps: string, beginning: string): readonly string[] {
  const paths = maps
    .split('\n')
    // `7f12c000-7f12d000 r-xp 00000000 fe:00 1234    /usr/lib/x86_64-linux-gnu/libtorch_cpu.so.1.13`
    .map((line) => /^[\da-f]+-[\da-f]+ \S+ \S+ \S+ \d+\s+(\/.*)$/.exec(line)?.[1])
    .filter((path) => path !== undefined)
    .filter((path) => path.slice(path.lastIndexOf('/') + 1).startsWith(beginning));
  return [...new Set(paths)];
}

/** As `mappedIn`, of this process; empty where `/proc` is not to be read. */
export function mappedLibraries(beginning: string): readonly string[] {
  try {
    return mappedIn(readFileSync('/proc/self/maps', 'utf8'), beginning);
  } catch {
    return [];
  }
}
