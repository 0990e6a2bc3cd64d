import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import * as tf from '../../tf.js';
import type { Batch, Dataset } from '../contracts.js';
import type { Evaluation, Hook, IterationReport, Run, TrainingEvent } from '../hooks/run.js';
import type { Detector } from '../models/detector.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { Random } from '../random.js';
import type { Averaging } from './averaging.js';
import type { Budget } from './budget.js';
import { type Checkpoint, saveCheckpoint } from './checkpoint.js';
import { evaluate } from './evaluate.js';
import { learningRate, type ScheduleOptions } from './schedule.js';
import { Trainer } from './step.js';

export interface RunnerParts {
  readonly detector: Detector;
  readonly optimizer: Optimizer;
  readonly averaging: Averaging;
  readonly schedule: ScheduleOptions;
  readonly clip: number;
  readonly budget: Budget;
  /** Batches from the one with this number on, over all epochs without end. */
  batches(startAt: number): AsyncIterable<Batch>;
  readonly batchesPerEpoch: number;
  /** Batches of at most so many pictures of the validation split, or of all. */
  validation(sample?: number): AsyncIterable<Batch>;
  readonly validationSet: Dataset;
  readonly hooks: readonly Hook[];
  readonly random: Random;
  readonly workDir: string;
  readonly signal: AbortSignal;
  emit(event: TrainingEvent): void;
}

/** How a run ended; `interrupted` saved first and can be resumed. */
export interface Ended {
  readonly ended: 'finished' | 'stopped' | 'interrupted';
  readonly reason: string;
  readonly iteration: number;
}

/** The loop: batch, step, hooks. It builds nothing, and what is beside training is a hook. */
export class Runner {
  readonly #parts: RunnerParts;
  readonly #trainer: Trainer;
  #iteration = 0;
  #stop: string | undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#trainer = new Trainer(parts.detector, parts.optimizer);
  }

  /** Takes up where `checkpoint` was written. */
  restore({ path, parameters, average, optimizer, state }: Checkpoint): void {
    const { detector, averaging, random, hooks } = this.#parts;
    detector.parameters.load(parameters, path);
    averaging.restore(average);
    this.#parts.optimizer.restore(optimizer, state.updates);
    random.restore(state.random);
    for (const hook of hooks) if (state.hooks[hook.name]) hook.restore?.(state.hooks[hook.name]!);
    this.#iteration = state.iteration;
  }

  /** Until the budget is used, a hook stops it or the signal comes, which may be in the middle of an evaluation; then it saves. */
  async run(): Promise<Ended> {
    const run = this.#asSeenByHooks();
    try {
      return await this.#untilItEnds(run);
    } catch (error) {
      if (!this.#parts.signal.aborted || (error as Error).name !== 'AbortError') throw error;
      return this.#interrupted(run);
    }
  }

  async #interrupted(run: Run): Promise<Ended> {
    await run.save();
    return { ended: 'interrupted', reason: 'interrupted', iteration: this.#iteration };
  }

  async #untilItEnds(run: Run): Promise<Ended> {
    const { budget, hooks, signal, batchesPerEpoch } = this.#parts;
    let waiting = performance.now();
    if (budget.progress(this.#iteration) < 1) {
      for await (const batch of this.#parts.batches(this.#iteration)) {
        const started = performance.now();
        const rate = learningRate(this.#parts.schedule, budget.progress(this.#iteration));
        const step = await this.#trainer.step(batch, this.#parts.random, { learningRate: rate, clip: this.#parts.clip });
        this.#iteration++;
        this.#parts.averaging.include(this.#iteration);
        const ended = performance.now();
        const report: IterationReport = {
          ...step,
          iteration: this.#iteration,
          epoch: this.#iteration / batchesPerEpoch,
          progress: budget.progress(this.#iteration),
          learningRate: rate,
          dataMs: started - waiting,
          computeMs: ended - started,
          imagesPerSecond: (1000 * batch.count) / (ended - waiting),
          remainingSeconds: budget.remainingSeconds(this.#iteration),
          tensors: tf.memory().numTensors,
        };
        this.#parts.emit({ kind: 'iteration', ...report });
        for (const hook of hooks) await hook.afterIteration?.(run, report);
        // Batches that are ready and a step that computes in place never let the event loop turn, and signals are heard only there.
        await setImmediate();
        if (signal.aborted) return this.#interrupted(run);
        if (this.#stop !== undefined || budget.progress(this.#iteration) >= 1) break;
        waiting = performance.now();
      }
    }
    for (const hook of hooks) await hook.afterRun?.(run);
    return this.#stop === undefined
      ? { ended: 'finished', reason: 'the budget is used', iteration: this.#iteration }
      : { ended: 'stopped', reason: this.#stop, iteration: this.#iteration };
  }

  dispose(): void {
    this.#trainer.dispose();
    this.#parts.averaging.dispose();
  }

  #asSeenByHooks(): Run {
    const iteration = () => this.#iteration;
    const { budget, emit } = this.#parts;
    return {
      get iteration() {
        return iteration();
      },
      get progress() {
        return budget.progress(iteration());
      },
      requestStop: (reason) => {
        this.#stop = reason;
      },
      evaluate: (sample) => this.#evaluate(sample),
      save: () => this.#save(),
      emit,
    };
  }

  async #evaluate(sample?: number): Promise<Evaluation> {
    const { averaging, detector, validation, validationSet, signal } = this.#parts;
    const whole = sample === undefined || sample >= validationSet.records.length;
    const { summary, found, seconds } = await averaging.during(() =>
      evaluate(detector, validation(whole ? undefined : sample), { keep: whole, signal }),
    );
    return { summary, whole, found, seconds, imagesPerSecond: summary.pictures / seconds };
  }

  async #save(): Promise<string> {
    const { workDir, detector, averaging, optimizer, random, budget, hooks } = this.#parts;
    const { vectors, updates } = optimizer.state();
    const optimizerData: Record<string, Float32Array> = {};
    for (const [name, vector] of Object.entries(vectors)) optimizerData[name] = await valuesOf(vector);
    const path = await saveCheckpoint(workDir, detector.parameters, await valuesOf(averaging.flat()), optimizerData, {
      iteration: this.#iteration,
      spentSeconds: budget.spentSeconds(),
      updates,
      random: random.state(),
      hooks: Object.fromEntries(hooks.flatMap((hook) => (hook.state ? [[hook.name, hook.state()]] : []))),
    });
    this.#parts.emit({ kind: 'checkpoint', iteration: this.#iteration, path });
    return path;
  }
}

/** The values of a vector, which is disposed. */
async function valuesOf(vector: tf.Tensor1D): Promise<Float32Array> {
  try {
    return await vector.data<'float32'>();
  } finally {
    vector.dispose();
  }
}
