import type { NoAnswer } from './host.js';
import { noAnswerOf, unavailable } from './no-answer.js';

/** Milliseconds until a file that does not answer is given up. */
export const fileTimeoutMs = 5_000;

let hanging = 0;

/** How many questions were given up and have not come back: each holds a thread, and the process with it. */
export const hangingQuestions = (): number => hanging;

/** A wedged driver, or a dead file server, blocks whoever reads its files: after `ms` we go on without an answer. */
export async function bounded<T>(asking: Promise<T>, ms: number): Promise<T | NoAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<NoAnswer>((resolve) => {
    timer = setTimeout(() => {
      hanging++;
      const back = () => {
        hanging--;
      };
      asking.then(back, back);
      resolve(unavailable(`no answer within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([asking, late]);
  } catch (error) {
    return noAnswerOf(error);
  } finally {
    clearTimeout(timer);
  }
}
