import { joinRows } from '../../../ops/join-rows.js';
import * as tf from '../../../tf.js';
import { regionLevel } from '../heads/region-level.js';
import type { Extractor, Regions } from './extractor.js';

export interface Pooled {
  /** [N, P, P, C], map after map */
  readonly regions: tf.Tensor4D;
  /** Brings rows of that order into the boxes' own: of what a head makes of a region there is a hundredth as much to move as of the region. */
  inOrder<Rows extends tf.Tensor>(rows: Rows): Rows;
}

/** Regions of the boxes, each from the map that its size belongs to. */
export function pooledByLevel(
  extract: Extractor,
  maps: readonly tf.Tensor4D[],
  strides: readonly number[],
  { xyxy, pictureOf }: Regions,
  size: number,
): Pooled {
  if (maps.length === 1) return { regions: extract(maps[0]!, { xyxy, pictureOf }, { stride: strides[0]!, size }), inOrder: (rows) => rows };
  const members: number[][] = maps.map(() => []);
  for (let n = 0; n < pictureOf.length; n++) {
    const [width, height] = [xyxy[4 * n + 2]! - xyxy[4 * n]!, xyxy[4 * n + 3]! - xyxy[4 * n + 1]!];
    members[regionLevel(width, height, strides[0]!, maps.length)]!.push(n);
  }
  const regions = tf.tidy(() =>
    joinRows(
      members.flatMap((indices, level) => {
        if (indices.length === 0) return [];
        const boxes = Float32Array.from(indices.flatMap((n) => [...xyxy.subarray(4 * n, 4 * n + 4)]));
        const pictures = Int32Array.from(indices, (n) => pictureOf[n]!);
        return [extract(maps[level]!, { xyxy: boxes, pictureOf: pictures }, { stride: strides[level]!, size })];
      }),
    ),
  );
  const positions = new Int32Array(pictureOf.length);
  for (const [position, n] of members.flat().entries()) positions[n] = position;
  const places = tf.tensor1d(positions, 'int32');
  return { regions, inOrder: (rows) => tf.gather(rows, places) };
}
