import type { NoAnswer } from './host.js';

export const absent: NoAnswer = { outcome: 'absent' };
export const unavailable = (why: string): NoAnswer => ({ outcome: 'unavailable', why });

/** What a failed system call says of a path: not there, or could not look. */
export function noAnswerOf(error: unknown): NoAnswer {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return absent;
    case 'EACCES':
    case 'EPERM':
      return unavailable('permission denied');
    case undefined:
      throw error;
    default:
      return unavailable(`the system answered ${code}`);
  }
}
