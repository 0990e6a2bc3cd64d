import { rivals } from '../steps/check-gpu-owner.js';

/** Parameters whose value is a list of modules to keep away. */
const lists = ['modprobe.blacklist', 'module_blacklist', 'rd.driver.blacklist', 'rdblacklist'] as const;
const isRivalModule = (name: string) => (rivals as readonly string[]).includes(name.replaceAll('-', '_'));

/** `modprobe.blacklist=nouveau,nova_core` */
export const forbidding = (name: (typeof lists)[number]): string => `${name}=${rivals.join(',')}`;

export interface Freed {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** What to change in a kernel's command line so that it lets nouveau and nova_core load: of a list with others in it these stay. */
export function freed(words: readonly string[]): Freed {
  const add: string[] = [];
  const remove: string[] = [];
  for (const word of words) {
    const [name, value] = word.split('=', 2) as [string, string?];
    if ((lists as readonly string[]).includes(name) && value?.split(',').some(isRivalModule)) {
      remove.push(word);
      const others = value.split(',').filter((module) => !isRivalModule(module));
      if (others.length > 0) add.push(`${name}=${others.join(',')}`);
    } else if (/^nouveau\.(modeset=0|blacklist(=(1|yes|true|y))?)$/.test(word)) remove.push(word);
  }
  return { add, remove };
}

const settings = /^(\s*(?:export\s+)?GRUB_CMDLINE_LINUX(?:_DEFAULT|_RECOVERY)?\s*=\s*)(["']?)(.*?)\2(\s*(?:#.*)?)$/;

/** The words of every command line in the text of /etc/default/grub or of a file beside it. */
export const wordsOfGrub = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => line.match(settings)?.[3]?.split(/\s+/).filter(Boolean) ?? []);

/** The same text without what keeps nouveau and nova_core away. */
export const grubWithoutRivals = (text: string): string =>
  text
    .split('\n')
    .map((line) => {
      const [, before, quote, inner, after] = line.match(settings) ?? [];
      if (before === undefined || inner === undefined) return line;
      const changed = lineWithoutRivals(inner);
      return changed === inner ? line : `${before}${quote}${changed}${quote}${after}`;
    })
    .join('\n');

/** One command line without what keeps nouveau and nova_core away, its other words as they were. */
export function lineWithoutRivals(line: string): string {
  const words = line.split(/\s+/).filter(Boolean);
  const { remove } = freed(words);
  if (remove.length === 0) return line;
  return words.flatMap((word) => (remove.includes(word) ? freed([word]).add : [word])).join(' ');
}

/** The text of /etc/default/grub with `words` on every kernel's command line. */
export function grubWith(text: string, words: readonly string[]): string {
  let done = false;
  const lines = text.split('\n').map((line) => {
    const [, before, quote, inner, after] = line.match(settings) ?? [];
    if (done || before === undefined || !/GRUB_CMDLINE_LINUX\s*=/.test(before)) return line;
    done = true;
    return `${before}${quote || '"'}${[inner, ...words].filter(Boolean).join(' ')}${quote || '"'}${after}`;
  });
  return done ? lines.join('\n') : `${text.replace(/\n*$/, '\n')}GRUB_CMDLINE_LINUX="${words.join(' ')}"\n`;
}
