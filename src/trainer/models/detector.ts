import type * as tf from '../../tf.js';
import type { Batch, Detections } from '../contracts.js';
import type { Random } from '../random.js';
import type { Parameters } from './parameters.js';

export type Losses = Readonly<Record<string, tf.Scalar>>;

/** A model that can be trained and used; every detector passes test/contracts/detector.test.ts. */
export interface Detector {
  readonly name: string;
  readonly classes: readonly string[];
  readonly parameters: Parameters;
  /** The terms whose sum is minimised, for one batch; owns nothing but what it returns once inside a `tidy`. */
  losses(batch: Batch, random: Random): Losses;
  /** What is in each picture of the batch, in that picture's own pixels; owns no tensor once it returns. */
  predict(batch: Batch): Detections[];
  dispose(): void;
}
