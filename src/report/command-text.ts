import type { Command } from '../host/host.js';

/** A command as a person would type it into a POSIX shell, quoted where that is needed. */
export const commandText = ({ program, args }: Pick<Command, 'program' | 'args'>): string => [program, ...args].map(quoted).join(' ');

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
