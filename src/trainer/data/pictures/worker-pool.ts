import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { UserError } from '../../../errors.js';
import type { AnswerMessage, JobMessage, PictureDone, PictureJob } from './picture-job.js';

interface Pending {
  resolve(done: PictureDone): void;
  reject(error: Error): void;
}

interface Member {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
}

/** Threads that draw pictures; each takes its jobs in the order given. They keep the process alive only while at work. */
export class WorkerPool {
  readonly #members: Member[] = [];
  #next = 0;
  #closed = false;

  constructor(readonly size: number) {
    if (!(Number.isInteger(size) && size > 0)) throw new RangeError(`A pool of ${size} workers`);
  }

  run(job: PictureJob): Promise<PictureDone> {
    if (this.#closed) return Promise.reject(new Error('The pictures were closed'));
    const member = this.#leastBusy();
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      member.pending.set(id, { resolve, reject });
      member.worker.ref();
      member.worker.postMessage({ id, job } satisfies JobMessage);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const ending = this.#members.splice(0).map(({ worker }) => {
      // Or a process that waits for nothing else ends here, and what its caller was about to say is lost.
      worker.ref();
      return worker.terminate();
    });
    await Promise.all(ending);
  }

  /** Starts threads one by one, as there is work for them. */
  #leastBusy(): Member {
    const least = this.#members.reduce<Member | undefined>((a, b) => (a && a.pending.size <= b.pending.size ? a : b), undefined);
    if (least && (least.pending.size === 0 || this.#members.length === this.size)) return least;
    const member = this.#start();
    this.#members.push(member);
    return member;
  }

  #start(): Member {
    // Beside this file, and compiled or not as it is: `.js` in dist, `.ts` under the tests' loader, which threads inherit.
    const worker = new Worker(new URL(`./picture-worker${extname(import.meta.url)}`, import.meta.url));
    const member: Member = { worker, pending: new Map() };
    const fail = (error: Error) => {
      const index = this.#members.indexOf(member);
      if (index >= 0) this.#members.splice(index, 1);
      for (const { reject } of member.pending.values()) reject(error);
      member.pending.clear();
    };
    worker.on('message', (answer: AnswerMessage) => {
      const waiting = member.pending.get(answer.id);
      member.pending.delete(answer.id);
      if (member.pending.size === 0 && !this.#closed) worker.unref();
      if (!waiting) return;
      if ('done' in answer) waiting.resolve(answer.done);
      else if ('mistake' in answer) waiting.reject(new UserError(answer.mistake.message, answer.mistake));
      else waiting.reject(new Error(`A picture worker failed: ${answer.bug}`));
    });
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`A picture worker ended with code ${code}`)));
    worker.unref();
    return member;
  }
}
