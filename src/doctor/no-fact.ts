import type { NoAnswer, Ran } from '../host/host.js';
import { type Known, unknown } from './fact.js';

/** Why a fact is not known, after a question about `what` got no answer. */
export function noFact<T>(what: string, answer: NoAnswer | Extract<Ran, { outcome: 'timed-out' | 'exited' }>): Known<T> {
  switch (answer.outcome) {
    case 'absent':
      return unknown(`${what} is not there`);
    case 'unavailable':
      return unknown(`${what}: ${answer.why}`);
    case 'timed-out':
      return unknown(`${what} did not end within ${answer.afterMs / 1000} s`);
    case 'exited':
      return unknown(`${what} ended with ${answer.code}: ${firstLine(answer.stderr) || firstLine(answer.stdout) || 'without a word'}`);
  }
}

/** The first line that says something. */
export const firstLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '') ?? '';
