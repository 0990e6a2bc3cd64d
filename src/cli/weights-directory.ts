import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where weights that have a name are kept: below `$XDG_CACHE_HOME`, else `~/.cache`. */
export function weightsDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const cache = env.XDG_CACHE_HOME;
  // A relative one is to be ignored (XDG Base Directory Specification).
  return join(cache && isAbsolute(cache) ? cache : join(env.HOME || homedir(), '.cache'), 'gpu-setup', 'weights');
}
