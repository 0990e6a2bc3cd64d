import type { Random } from '../random.js';
import type { Convention } from './convention.js';

/** Width and height of an anchor, pixels. */
export type AnchorShape = readonly [width: number, height: number];

/** The anchors of a map [H, W]: every shape at every cell. */
export interface AnchorGrid {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** [H * W * A, 4], cell by cell, shape by shape */
  readonly xyxy: Float32Array;
}

/** How far apart the cells of a map are in the picture, pixels. */
export interface CellStride {
  readonly x: number;
  readonly y: number;
}

export function anchorGrid(height: number, width: number, stride: CellStride, bases: Float32Array): AnchorGrid {
  const xyxy = new Float32Array(height * width * bases.length);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let i = 0; i < bases.length; i += 2) {
        xyxy[at++] = bases[i]! + x * stride.x;
        xyxy[at++] = bases[i + 1]! + y * stride.y;
      }
    }
  }
  return { count: (height * width * bases.length) / 4, height, width, xyxy };
}

/**
 * The anchors [A, 4] of the first cell of a map of this stride. `v1` are mmdetection 1's, which are counted inclusively there: their right and bottom edge
 * is one more here.
 */
export function baseAnchors(shapes: readonly AnchorShape[], stride: number, placing: Convention['anchors']): Float32Array {
  const placed = shapes.flatMap(([width, height]) => {
    if (placing === 'centred') return about(stride / 2, width, height);
    if (placing === 'corner') return about(0, width, height);
    if (placing === 'rounded') return about(0, Math.fround(width), Math.fround(height)).map(halfEven);
    const [left, top, right, bottom] = about((stride - 1) / 2, width - 1, height - 1).map(halfEven) as [number, number, number, number];
    return [left, top, right + 1, bottom + 1];
  });
  return Float32Array.from(placed);
}

const about = (centre: number, width: number, height: number) => [
  centre - width / 2,
  centre - height / 2,
  centre + width / 2,
  centre + height / 2,
];

/** Rounds halves to even, as NumPy and PyTorch do. */
function halfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** The anchors of several maps, one after the other. */
export interface StackedGrids extends Pick<AnchorGrid, 'count' | 'xyxy'> {
  /** How many of each map. */
  readonly counts: readonly number[];
}

export function stackGrids(grids: readonly AnchorGrid[]): StackedGrids {
  const counts = grids.map(({ count }) => count);
  if (grids.length === 1) return { ...grids[0]!, counts };
  const count = grids.reduce((sum, grid) => sum + grid.count, 0);
  const xyxy = new Float32Array(4 * count);
  let at = 0;
  for (const grid of grids) {
    xyxy.set(grid.xyxy, at);
    at += grid.xyxy.length;
  }
  return { count, xyxy, counts };
}

/** Shapes of one area per size in every ratio of height to width, size by size; or, as the references have them, ratio by ratio. */
export function anchorShapes(sizes: readonly number[], ratios: readonly number[], byRatio = false): AnchorShape[] {
  const shape = (size: number, ratio: number): AnchorShape => [size / Math.sqrt(ratio), size * Math.sqrt(ratio)];
  if (byRatio) return ratios.flatMap((ratio) => sizes.map((size) => shape(size, ratio)));
  return sizes.flatMap((size) => ratios.map((ratio) => shape(size, ratio)));
}

/** Width and height of a training box in the pixels the network sees, and how much it counts. */
export interface WeightedSize {
  readonly size: AnchorShape;
  readonly weight: number;
}

/**
 * Anchor shapes that fit these boxes: k-means with 1 - IoU of centred boxes as distance (Redmon and Farhadi, 2017, section 2),
 * the best of a few seeded starts, smallest first.
 */
export function fitAnchors(boxes: readonly WeightedSize[], count: number, random: Random): AnchorShape[] {
  if (boxes.length === 0) throw new RangeError('no boxes to fit anchors to');
  const any = () => boxes[random.integer(boxes.length)]!.size;
  let best: AnchorShape[] = [];
  let bestFit = -1;
  for (let start = 0; start < 4; start++) {
    let centres = Array.from({ length: count }, any);
    for (let round = 0; round < 30; round++) {
      const sums = centres.map(() => ({ width: 0, height: 0, weight: 0 }));
      for (const { size, weight } of boxes) {
        const sum = sums[nearest(size, centres)]!;
        // Means of logarithms: a factor of two matters as much for a small box as for a large one.
        sum.width += weight * Math.log(size[0]);
        sum.height += weight * Math.log(size[1]);
        sum.weight += weight;
      }
      centres = sums.map(({ width, height, weight }) => (weight > 0 ? [Math.exp(width / weight), Math.exp(height / weight)] : any()));
    }
    const fit = boxes.reduce((sum, { size, weight }) => sum + weight * overlap(size, centres[nearest(size, centres)]!), 0);
    if (fit > bestFit) [best, bestFit] = [centres, fit];
  }
  return best.sort((a, b) => a[0] * a[1] - b[0] * b[1]);
}

/** IoU of two boxes with one centre. */
export function overlap([aw, ah]: AnchorShape, [bw, bh]: AnchorShape): number {
  const inter = Math.min(aw, bw) * Math.min(ah, bh);
  return inter / (aw * ah + bw * bh - inter);
}

function nearest(size: AnchorShape, centres: readonly AnchorShape[]): number {
  let best = 0;
  for (let i = 1; i < centres.length; i++) if (overlap(size, centres[i]!) > overlap(size, centres[best]!)) best = i;
  return best;
}
