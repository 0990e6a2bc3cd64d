import type { Random } from '../random.js';

/** Width and height of an anchor, pixels. */
export type AnchorShape = readonly [width: number, height: number];

/** The anchors of a map [H, W]: every shape centred on every cell. */
export interface AnchorGrid {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** [H * W * A, 4], cell by cell, shape by shape */
  readonly xyxy: Float32Array;
}

export function anchorGrid(height: number, width: number, stride: number, shapes: readonly AnchorShape[]): AnchorGrid {
  const xyxy = new Float32Array(height * width * shapes.length * 4);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (const [w, h] of shapes) {
        xyxy[at++] = (x + 0.5) * stride - w / 2;
        xyxy[at++] = (y + 0.5) * stride - h / 2;
        xyxy[at++] = (x + 0.5) * stride + w / 2;
        xyxy[at++] = (y + 0.5) * stride + h / 2;
      }
    }
  }
  return { count: height * width * shapes.length, height, width, xyxy };
}

/**
 * Anchor shapes that fit these boxes: k-means with 1 - IoU of centred boxes as distance (Redmon and Farhadi, 2017, section 2),
 * the best of a few seeded starts, smallest first. `sizes` are [width, height] pairs in the pixels the network sees.
 */
export function fitAnchors(sizes: readonly AnchorShape[], count: number, random: Random): AnchorShape[] {
  if (sizes.length === 0) throw new RangeError('no boxes to fit anchors to');
  let best: AnchorShape[] = [];
  let bestFit = -1;
  for (let start = 0; start < 4; start++) {
    let centres = Array.from({ length: count }, () => sizes[random.integer(sizes.length)]!);
    for (let round = 0; round < 30; round++) {
      const sums = centres.map(() => ({ width: 0, height: 0, members: 0 }));
      for (const size of sizes) {
        const sum = sums[nearest(size, centres)]!;
        // Means of logarithms: a factor of two matters as much for a small box as for a large one.
        sum.width += Math.log(size[0]);
        sum.height += Math.log(size[1]);
        sum.members++;
      }
      centres = sums.map(({ width, height, members }) =>
        members > 0 ? [Math.exp(width / members), Math.exp(height / members)] : sizes[random.integer(sizes.length)]!,
      );
    }
    const fit = sizes.reduce((sum, size) => sum + overlap(size, centres[nearest(size, centres)]!), 0) / sizes.length;
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
