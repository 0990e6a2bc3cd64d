import { type Random, randomOf } from '../../random.js';
import type { Size } from './resize.js';

export interface EpochOrder {
  readonly batchSize: number;
  /** Shuffled by this stream; in the given order without it. */
  readonly random?: Random;
  /** Puts wide and tall pictures in batches of their own as far as they go, which saves padding. */
  readonly groupByShape: boolean;
  /** Leaves out the last batch where it is not full, unless it is the only one. */
  readonly dropLast: boolean;
}

/** How many batches an epoch of `count` pictures has. */
export function batchesPerEpoch(count: number, { batchSize, dropLast }: Pick<EpochOrder, 'batchSize' | 'dropLast'>): number {
  return dropLast ? Math.max(Math.min(count, 1), Math.floor(count / batchSize)) : Math.ceil(count / batchSize);
}

/** The batches of one epoch, as indices into `pictures`. */
export function epochOrder(pictures: readonly Size[], order: EpochOrder): readonly (readonly number[])[] {
  const { batchSize, random, groupByShape } = order;
  const indices = pictures.map((_, index) => index);
  random?.shuffle(indices);
  const batches: number[][] = [];
  const open = { wide: [] as number[], tall: [] as number[] };
  for (const index of indices) {
    const { width, height } = pictures[index]!;
    const shape = groupByShape && height > width ? 'tall' : 'wide';
    open[shape].push(index);
    if (open[shape].length === batchSize) {
      batches.push(open[shape]);
      open[shape] = [];
    }
  }
  const rest = [...open.wide, ...open.tall];
  for (let i = 0; i < rest.length; i += batchSize) batches.push(rest.slice(i, i + batchSize));
  return batches.slice(0, batchesPerEpoch(pictures.length, order));
}

/** Which stream an epoch's order and a picture's placement are drawn from: independent of each other and of the workers. */
export const streams = {
  order: (seed: number, epoch: number): Random => randomOf(seed, 1, epoch),
  placement: (seed: number, epoch: number, index: number): Random => randomOf(seed, 2, epoch, index),
};
