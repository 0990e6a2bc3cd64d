import { parentPort } from 'node:worker_threads';
import sharp from 'sharp';
import { UserError } from '../../../errors.js';
import { drawPicture } from './draw-picture.js';
import type { AnswerMessage, JobMessage } from './picture-job.js';

// One picture at a time on one thread: the engine needs the others. What is worth keeping, the main thread keeps.
sharp.concurrency(1);
sharp.cache(false);

const port = parentPort!;
let last = Promise.resolve();

port.on('message', (message: JobMessage) => {
  last = last.then(async () => port.postMessage(await answer(message)));
});

async function answer({ id, job }: JobMessage): Promise<AnswerMessage> {
  try {
    return { id, done: await drawPicture(job) };
  } catch (error) {
    // An error loses its class on its way between threads.
    if (error instanceof UserError) return { id, mistake: { message: error.message, ...(error.hint ? { hint: error.hint } : {}) } };
    return { id, bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
