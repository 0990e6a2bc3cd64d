import type * as tf from '../../../tf.js';
import type { Convention } from '../convention.js';

/** Boxes of several pictures, end to end. */
export interface Regions {
  /** [N, 4], pixels of the batch */
  readonly xyxy: Float32Array;
  /** [N], which picture of the batch each lies in. */
  readonly pictureOf: Int32Array;
}

/** Takes regions of a map: features [B, H, W, C] of this stride to [N, P, P, C]. */
export type Extractor = (features: tf.Tensor4D, regions: Regions, place: { readonly stride: number; readonly size: number }) => tf.Tensor4D;

/** What an extractor is built with. */
export type ExtractorPlace = Pick<Convention, 'align'>;
