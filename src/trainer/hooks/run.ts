import type { Detections, Record } from '../contracts.js';
import type { VocSummary } from '../evaluation/voc-evaluator.js';

/** What one training step saw: each loss term, their sum, and the gradient's norm before clipping. */
export interface StepReport {
  readonly losses: Readonly<{ [name: string]: number }>;
  readonly loss: number;
  readonly gradientNorm: number;
}

/** What happened, as it happens: the log, the terminal and the report are told the same. */
export type TrainingEvent =
  | ({ readonly kind: 'iteration' } & IterationReport)
  | { readonly kind: 'evaluation'; readonly iteration: number; readonly progress: number; readonly evaluation: Evaluation }
  | { readonly kind: 'checkpoint'; readonly iteration: number; readonly path: string }
  | { readonly kind: 'warning'; readonly message: string };

export interface IterationReport extends StepReport {
  /** Updates made, this one included. */
  readonly iteration: number;
  /** Epochs over the training split, in parts. */
  readonly epoch: number;
  /** 0 to 1 of the whole run. */
  readonly progress: number;
  readonly learningRate: number;
  /** Waiting for the batch, and computing with it, milliseconds. */
  readonly dataMs: number;
  readonly computeMs: number;
  readonly imagesPerSecond: number;
  readonly remainingSeconds: number | undefined;
  /** Tensors alive after the iteration; a number that grows is a leak. */
  readonly tensors: number;
}

export interface Evaluation {
  readonly summary: VocSummary;
  /** Whether the whole split was scored, or a sample of it. */
  readonly whole: boolean;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  readonly found: readonly { readonly record: Record; readonly detections: Detections }[];
}

/** What a hook sees of a run. */
export interface Run {
  readonly iteration: number;
  readonly progress: number;
  /** Ends the run after this iteration. */
  requestStop(reason: string): void;
  /** Scores the validation split with the averaged weights: at most `sample` pictures, or all. */
  evaluate(sample?: number): Promise<Evaluation>;
  /** Writes a checkpoint and answers its path. */
  save(): Promise<string>;
  emit(event: TrainingEvent): void;
}

/** Something that happens beside training; called in list order. */
export interface Hook {
  readonly name: string;
  afterIteration?(run: Run, report: IterationReport): void | Promise<void>;
  afterEvaluation?(run: Run, evaluation: Evaluation): void | Promise<void>;
  afterRun?(run: Run): void | Promise<void>;
  /** Numbers that a resumed run needs. */
  state?(): readonly number[];
  restore?(state: readonly number[]): void;
}
