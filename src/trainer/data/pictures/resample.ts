import type { Picture, Size } from './resize.js';

/** A part of a picture in float pixels of it, x2 and y2 exclusive. */
export interface Window extends Size {
  readonly left: number;
  readonly top: number;
}

export interface ResampleOptions extends Size {
  readonly window: Window;
  readonly flipX: boolean;
  readonly flipY: boolean;
}

/** Weights of `count` outputs over `taps` inputs each, as 14-bit integers that sum to one. */
interface Filter {
  readonly taps: number;
  readonly starts: Int32Array;
  readonly weights: Int32Array;
}

const bits = 14;
const half = 1 << (bits - 1);

/**
 * Scales a window of a picture to [height, width, 3] bytes with a triangle filter: bilinear where it enlarges, its support
 * widened by the factor where it shrinks, so that nothing aliases. An edge at x in the window comes out at exactly
 * x * width / window.width, and the arithmetic is in integers: the same bytes on every machine.
 * Own code because libvips puts an enlarged picture half a pixel off, which moves it against its boxes.
 */
export function resample(picture: Picture, { window, width, height, flipX, flipY }: ResampleOptions): Uint8Array {
  const across = filterOf(picture.width, { from: window.left, span: window.width, count: width, flip: flipX });
  const down = filterOf(picture.height, { from: window.top, span: window.height, count: height, flip: flipY });
  const { first, last } = usedInputs(down);
  const narrowed = narrow(picture, across, { first, rows: last - first, width });
  return shorten(narrowed, down, { first, width, height });
}

function filterOf(
  inputs: number,
  axis: { readonly from: number; readonly span: number; readonly count: number; readonly flip: boolean },
): Filter {
  const step = axis.span / axis.count;
  const support = Math.max(1, step);
  // Inputs less than `support` from an output's centre: at most this many. Loops take four at a time.
  const reach = support === 1 ? 2 : Math.ceil(2 * support);
  const taps = Math.min(inputs, reach > 2 ? 4 * Math.ceil(reach / 4) : reach);
  const starts = new Int32Array(axis.count);
  const weights = new Int32Array(axis.count * taps);
  const exact = new Float64Array(taps);
  for (let i = 0; i < axis.count; i++) {
    const centre = axis.from + ((axis.flip ? axis.count - 1 - i : i) + 0.5) * step;
    const start = Math.min(Math.max(Math.floor(centre - support - 0.5) + 1, 0), inputs - taps);
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      exact[k] = Math.max(0, 1 - Math.abs(start + k + 0.5 - centre) / support);
      sum += exact[k]!;
    }
    let left = 1 << bits;
    let heaviest = 0;
    for (let k = 0; k < taps; k++) {
      const weight = Math.round((exact[k]! / sum) * (1 << bits));
      weights[i * taps + k] = weight;
      left -= weight;
      if (weight > weights[i * taps + heaviest]!) heaviest = k;
    }
    weights[i * taps + heaviest]! += left;
    starts[i] = start;
  }
  return { taps, starts, weights };
}

function usedInputs({ taps, starts }: Filter): { readonly first: number; readonly last: number } {
  const ends = [starts[0]!, starts.at(-1)!];
  return { first: Math.min(...ends), last: Math.max(...ends) + taps };
}

/** Rows `first` on, `width` pixels each: [rows, width, 3]. */
function narrow(
  { pixels, width: inputWidth }: Picture,
  { taps, starts, weights }: Filter,
  { first, rows, width }: { readonly first: number; readonly rows: number; readonly width: number },
): Uint8Array {
  const result = new Uint8Array(rows * width * 3);
  let to = 0;
  for (let y = 0; y < rows; y++) {
    const row = (first + y) * inputWidth;
    let at = 0;
    for (let x = 0; x < width; x++) {
      let from = (row + starts[x]!) * 3;
      let red = half;
      let green = half;
      let blue = half;
      let k = 0;
      for (; k + 4 <= taps; k += 4, from += 12, at += 4) {
        const a = weights[at]!;
        const b = weights[at + 1]!;
        const c = weights[at + 2]!;
        const d = weights[at + 3]!;
        red =
          (red +
            Math.imul(a, pixels[from]!) +
            Math.imul(b, pixels[from + 3]!) +
            Math.imul(c, pixels[from + 6]!) +
            Math.imul(d, pixels[from + 9]!)) |
          0;
        green =
          (green +
            Math.imul(a, pixels[from + 1]!) +
            Math.imul(b, pixels[from + 4]!) +
            Math.imul(c, pixels[from + 7]!) +
            Math.imul(d, pixels[from + 10]!)) |
          0;
        blue =
          (blue +
            Math.imul(a, pixels[from + 2]!) +
            Math.imul(b, pixels[from + 5]!) +
            Math.imul(c, pixels[from + 8]!) +
            Math.imul(d, pixels[from + 11]!)) |
          0;
      }
      for (; k < taps; k++, from += 3, at++) {
        const weight = weights[at]!;
        red = (red + Math.imul(weight, pixels[from]!)) | 0;
        green = (green + Math.imul(weight, pixels[from + 1]!)) | 0;
        blue = (blue + Math.imul(weight, pixels[from + 2]!)) | 0;
      }
      result[to] = red >> bits;
      result[to + 1] = green >> bits;
      result[to + 2] = blue >> bits;
      to += 3;
    }
  }
  return result;
}

/** [height, width, 3] of rows that begin with input row `first`. */
function shorten(
  rows: Uint8Array,
  { taps, starts, weights }: Filter,
  { first, width, height }: { readonly first: number; readonly width: number; readonly height: number },
): Uint8Array {
  const stride = width * 3;
  const result = new Uint8Array(height * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    let from = (starts[y]! - first) * stride;
    let at = y * taps;
    let k = 0;
    for (; k + 4 <= taps; k += 4, from += 4 * stride, at += 4) {
      const a = weights[at]!;
      const b = weights[at + 1]!;
      const c = weights[at + 2]!;
      const d = weights[at + 3]!;
      for (let i = 0, p = from; i < stride; i++, p++)
        sums[i]! +=
          Math.imul(a, rows[p]!) +
          Math.imul(b, rows[p + stride]!) +
          Math.imul(c, rows[p + 2 * stride]!) +
          Math.imul(d, rows[p + 3 * stride]!);
    }
    for (; k < taps; k++, from += stride, at++) {
      const weight = weights[at]!;
      for (let i = 0; i < stride; i++) sums[i]! += Math.imul(weight, rows[from + i]!);
    }
    const to = y * stride;
    for (let i = 0; i < stride; i++) result[to + i] = sums[i]! >> bits;
  }
  return result;
}
