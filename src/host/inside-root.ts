import { lstat, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { HostPath, NoAnswer } from './host.js';
import { absent, noAnswerOf, unavailable } from './no-answer.js';

/** As many as the kernel follows before it says ELOOP. */
export const maxLinks = 40;

export type Located = NoAnswer | { readonly outcome: 'located'; readonly inside: HostPath; readonly real: string };

/**
 * Follows `path` the way a machine rooted at `root` would: links are resolved inside the root, absolute ones too, and
 * `..` never leaves it. `follow: 'parents'` stops at the last name, which may then be a link itself.
 * `refuses` may say why nothing under a directory can be answered; it is asked again after each link.
 */
export async function locateInside(
  root: string,
  path: HostPath,
  { follow, refuses }: { follow: 'all' | 'parents'; refuses?: (inside: HostPath) => string | undefined },
): Promise<Located> {
  let pending = namesOf(path);
  let inside: HostPath = '/';
  let links = 0;
  while (pending.length > 0) {
    const [name, ...rest] = pending as [string, ...string[]];
    const next = posix.join(inside, name) as HostPath;
    const why = refuses?.(next);
    if (why) return unavailable(why);
    const target = follow === 'parents' && rest.length === 0 ? undefined : await linkTarget(join(root, next));
    if (typeof target === 'object') return target;
    if (target === undefined) {
      inside = next;
      pending = rest;
      continue;
    }
    if (++links > maxLinks) return unavailable(`too many symbolic links on the way to ${path}`);
    if (target.startsWith('/')) inside = '/';
    pending = [...namesOf(target), ...rest];
  }
  return { outcome: 'located', inside, real: join(root, inside) };
}

const namesOf = (path: string) => path.split('/').filter((name) => name !== '' && name !== '.');

/** The target of the link at `real`, undefined where it is something else. */
async function linkTarget(real: string): Promise<string | undefined | NoAnswer> {
  try {
    return (await lstat(real)).isSymbolicLink() ? await readlink(real) : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? absent : noAnswerOf(error);
  }
}
