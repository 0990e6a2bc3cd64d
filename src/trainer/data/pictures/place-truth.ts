import type { Truth } from '../../contracts.js';
import type { Placement } from './placement.js';
import type { Size } from './resize.js';

/** Moves boxes as their picture was placed. `truth` is in pixels of a picture of size `of`, the result in the canvas'. */
export function placeTruth(truth: Truth, of: Size, placed: Placement & { readonly picture: Size; readonly leastVisible: number }): Truth {
  const { window, canvas, picture } = placed;
  const across = (x: number) => along((x * picture.width) / of.width, window.left, window.width, placed.left, placed.width, placed.flipX);
  const down = (y: number) => along((y * picture.height) / of.height, window.top, window.height, placed.top, placed.height, placed.flipY);
  const whole = window.width === picture.width && window.height === picture.height;
  const coordinates: number[] = [];
  const kept: number[] = [];
  for (let i = 0; i < truth.boxes.count; i++) {
    const [x1, y1, x2, y2] = truth.boxes.xyxy.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
    const [left, right] = [across(x1), across(x2)].sort((a, b) => a - b) as [number, number];
    const [top, bottom] = [down(y1), down(y2)].sort((a, b) => a - b) as [number, number];
    const box = [Math.max(left, 0), Math.max(top, 0), Math.min(right, canvas.width), Math.min(bottom, canvas.height)] as const;
    const width = box[2] - box[0];
    const height = box[3] - box[1];
    if (!whole) {
      const visible = (Math.max(width, 0) * Math.max(height, 0)) / ((right - left) * (bottom - top));
      if (visible < placed.leastVisible || width < 1 || height < 1) continue;
    }
    coordinates.push(...box);
    kept.push(i);
  }
  return {
    boxes: { count: kept.length, xyxy: Float32Array.from(coordinates) },
    labels: Int32Array.from(kept, (i) => truth.labels[i]!),
    difficult: Uint8Array.from(kept, (i) => truth.difficult[i]!),
  };
}

function along(at: number, from: number, span: number, to: number, size: number, flip: boolean): number {
  const share = (at - from) / span;
  return to + (flip ? 1 - share : share) * size;
}
