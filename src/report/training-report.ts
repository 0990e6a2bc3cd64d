import type { VocSummary } from '../trainer/evaluation/voc-evaluator.js';

/** One logged moment of training: one iteration, or the mean over a few. */
export interface LoggedIteration {
  readonly iteration: number;
  readonly epoch: number;
  /** The sum that is minimised. */
  readonly loss: number;
  /** Its parts by name: `rpn/objectness`. */
  readonly losses: Readonly<{ [name: string]: number }>;
  readonly learningRate: number;
  /** Seconds of one iteration spent waiting for its batch, and on everything else. */
  readonly dataSeconds: number;
  readonly computeSeconds: number;
  readonly imagesPerSecond: number;
}

export interface LoggedEvaluation {
  readonly iteration: number;
  readonly epoch: number;
  readonly mAP50: number;
  /** AP50 by class name. */
  readonly classes: Readonly<{ [name: string]: number }>;
}

export interface ReportedPicture {
  /** A path relative to the report, or a `data:` address. */
  readonly source: string;
  readonly caption: string;
}

/** Everything that `report.html` shows, as plain data. */
export interface TrainingReport {
  /** `Faster R-CNN on bccd` */
  readonly title: string;
  /** One line below it: when, how long, on what. */
  readonly subtitle?: string;
  /** Engine, schedule, data set: what somebody would ask first. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** Undefined where training stopped before it was judged. */
  readonly summary?: Omit<VocSummary, 'metrics'>;
  /** The split that `summary` speaks of. */
  readonly split?: string;
  /** CSS colours of the classes by index, as in the pictures. */
  readonly classColors?: readonly string[];
  readonly iterations: readonly LoggedIteration[];
  readonly evaluations: readonly LoggedEvaluation[];
  readonly pictures: readonly ReportedPicture[];
  /** What was wrong with the data, one line each. */
  readonly complaints: readonly string[];
  /** To have it again, to go on, to use it. */
  readonly commands: readonly { readonly what: string; readonly command: string }[];
}
