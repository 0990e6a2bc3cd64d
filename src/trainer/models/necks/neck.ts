import type * as tf from '../../../tf.js';
import type { Backbone } from '../backbones/backbone.js';
import type { Building } from '../building.js';
import type { Pass } from '../layers.js';

/** What turns a backbone's maps into those that proposals and regions are taken from, all of `channels` channels. */
export interface Neck {
  forward(maps: readonly tf.Tensor4D[], pass: Pass): tf.Tensor4D[];
  readonly channels: number;
  /** Picture pixels per cell of each map, the finest first. */
  readonly strides: readonly number[];
  /** From how many of the maps, the finest first, regions are taken: a pyramid's coarsest is for proposals alone (Lin et al., 2017, section 4.2). */
  readonly regionLevels: number;
}

/** What a neck is built with. */
export interface NeckPlace extends Building {
  readonly backbone: Pick<Backbone, 'channels' | 'strides'>;
}
