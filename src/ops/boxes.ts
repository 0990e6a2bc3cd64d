/** Arithmetic on boxes: xyxy float pixels in flat arrays of 4 per box, x2 and y2 exclusive. */

/** Intersection over union of box `i` of `a` and box `j` of `b`; 0 where both are empty. */
export function iou(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): number {
  const ai = 4 * i;
  const bj = 4 * j;
  const width = Math.min(a[ai + 2]!, b[bj + 2]!) - Math.max(a[ai]!, b[bj]!);
  if (width <= 0) return 0;
  const height = Math.min(a[ai + 3]!, b[bj + 3]!) - Math.max(a[ai + 1]!, b[bj + 1]!);
  if (height <= 0) return 0;
  const inter = width * height;
  const areaA = (a[ai + 2]! - a[ai]!) * (a[ai + 3]! - a[ai + 1]!);
  const areaB = (b[bj + 2]! - b[bj]!) * (b[bj + 3]! - b[bj + 1]!);
  return inter / (areaA + areaB - inter);
}

const f = Math.fround;

/**
 * `iou` in single precision, every step rounded as a tensor library rounds it: which overlaps tie, and which reach a threshold exactly, is decided by
 * the last bit.
 */
export function iouFloat32(a: Float32Array, i: number, b: Float32Array, j: number): number {
  const ai = 4 * i;
  const bj = 4 * j;
  const width = f(Math.min(a[ai + 2]!, b[bj + 2]!) - Math.max(a[ai]!, b[bj]!));
  const height = f(Math.min(a[ai + 3]!, b[bj + 3]!) - Math.max(a[ai + 1]!, b[bj + 1]!));
  if (width <= 0 || height <= 0) return 0;
  const inter = f(width * height);
  const areaA = f(f(a[ai + 2]! - a[ai]!) * f(a[ai + 3]! - a[ai + 1]!));
  const areaB = f(f(b[bj + 2]! - b[bj]!) * f(b[bj + 3]! - b[bj + 1]!));
  return f(inter / f(f(areaA + areaB) - inter));
}

/** How a box becomes four numbers to regress: offsets over the anchor's size and log ratios, each divided by its deviation (R-CNN, appendix C). */
export type Deviations = readonly [number, number, number, number];

/** Writes the regression target of `box` as seen from `anchor` to `out[4 * at..]`. Both must have an area. */
export function encodeBox(
  anchors: ArrayLike<number>,
  anchor: number,
  boxes: ArrayLike<number>,
  box: number,
  deviations: Deviations,
  out: Float32Array,
  at: number,
): void {
  const width = anchors[4 * anchor + 2]! - anchors[4 * anchor]!;
  const height = anchors[4 * anchor + 3]! - anchors[4 * anchor + 1]!;
  const boxWidth = boxes[4 * box + 2]! - boxes[4 * box]!;
  const boxHeight = boxes[4 * box + 3]! - boxes[4 * box + 1]!;
  out[4 * at] = (boxes[4 * box]! + boxWidth / 2 - anchors[4 * anchor]! - width / 2) / width / deviations[0];
  out[4 * at + 1] = (boxes[4 * box + 1]! + boxHeight / 2 - anchors[4 * anchor + 1]! - height / 2) / height / deviations[1];
  out[4 * at + 2] = Math.log(boxWidth / width) / deviations[2];
  out[4 * at + 3] = Math.log(boxHeight / height) / deviations[3];
}

/** The log ratio is held below this so that no exponential overflows (mmdetection's `wh_ratio_clip`, 16 / 1000). */
const maxLogRatio = Math.log(1000 / 16);

/** The inverse of `encodeBox`, clipped to a picture of `width` x `height`. */
export function decodeBox(
  anchors: ArrayLike<number>,
  anchor: number,
  deltas: ArrayLike<number>,
  delta: number,
  deviations: Deviations,
  picture: { readonly width: number; readonly height: number },
  out: Float32Array,
  at: number,
): void {
  const width = anchors[4 * anchor + 2]! - anchors[4 * anchor]!;
  const height = anchors[4 * anchor + 3]! - anchors[4 * anchor + 1]!;
  const centreX = anchors[4 * anchor]! + width / 2 + deltas[4 * delta]! * deviations[0] * width;
  const centreY = anchors[4 * anchor + 1]! + height / 2 + deltas[4 * delta + 1]! * deviations[1] * height;
  const halfWidth = (Math.exp(Math.min(deltas[4 * delta + 2]! * deviations[2], maxLogRatio)) * width) / 2;
  const halfHeight = (Math.exp(Math.min(deltas[4 * delta + 3]! * deviations[3], maxLogRatio)) * height) / 2;
  out[4 * at] = Math.min(Math.max(centreX - halfWidth, 0), picture.width);
  out[4 * at + 1] = Math.min(Math.max(centreY - halfHeight, 0), picture.height);
  out[4 * at + 2] = Math.min(Math.max(centreX + halfWidth, 0), picture.width);
  out[4 * at + 3] = Math.min(Math.max(centreY + halfHeight, 0), picture.height);
}
