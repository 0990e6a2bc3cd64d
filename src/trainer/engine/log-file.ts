import { appendFile, readFile } from 'node:fs/promises';
import type { TrainingEvent } from '../hooks/run.js';
import { writeAtomic } from './write-atomic.js';

/** One line of `log.jsonl`: numbers only, so that any tool can plot it. */
export type LogLine =
  | {
      readonly kind: 'iteration';
      readonly iteration: number;
      readonly epoch: number;
      readonly progress: number;
      readonly learningRate: number;
      readonly loss: number;
      readonly losses: Readonly<Record<string, number>>;
      readonly gradientNorm: number;
      readonly dataMs: number;
      readonly computeMs: number;
      readonly imagesPerSecond: number;
      readonly tensors: number;
    }
  | {
      readonly kind: 'evaluation';
      readonly iteration: number;
      readonly progress: number;
      readonly pictures: number;
      readonly whole: boolean;
      readonly seconds: number;
      readonly imagesPerSecond: number;
      readonly metrics: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'checkpoint'; readonly iteration: number; readonly path: string }
  | { readonly kind: 'warning'; readonly message: string };

export function logLineOf(event: TrainingEvent): LogLine {
  if (event.kind === 'iteration') {
    const { remainingSeconds: _, ...line } = event;
    return line;
  }
  if (event.kind !== 'evaluation') return event;
  const { iteration, progress, evaluation } = event;
  const { summary, whole, seconds, imagesPerSecond } = evaluation;
  return {
    kind: 'evaluation',
    iteration,
    progress,
    pictures: summary.pictures,
    whole,
    seconds,
    imagesPerSecond,
    metrics: Object.fromEntries(summary.metrics.map(({ name, value }) => [name, value])),
  };
}

/** `log.jsonl`, written line by line in the order of the events. */
export class LogFile {
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(path: string) {
    this.#path = path;
  }

  append(event: TrainingEvent): void {
    const line = `${JSON.stringify(logLineOf(event))}\n`;
    this.#writing = this.#writing
      .then(() => appendFile(this.#path, line))
      .catch((error: unknown) => {
        // A log that cannot be written is no reason to lose the training; it is said once, at the end.
        this.#failure ??= error;
      });
  }

  /** Waits for what is under way, and answers why lines are missing, if any are. */
  async finish(): Promise<unknown> {
    await this.#writing;
    return this.#failure;
  }
}

/** The lines of a log; a last line cut off by a crash is left out. */
export async function readLog(path: string): Promise<LogLine[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines: LogLine[] = [];
  for (const line of text.split('\n')) {
    if (!line.endsWith('}')) continue;
    lines.push(JSON.parse(line) as LogLine);
  }
  return lines;
}

/** Forgets what came after the checkpoint that a run is resumed from: it will happen again. */
export async function rewindLog(path: string, iteration: number): Promise<void> {
  const kept = (await readLog(path)).filter((line) => !('iteration' in line) || line.iteration <= iteration);
  await writeAtomic(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
