import type { ResampleOptions } from './resample.js';
import type { Picture } from './resize.js';

/**
 * Scales a window of a picture to [height, width, 3] floats, each between its four nearest pixels and no others: PyTorch's `interpolate` with
 * `bilinear` and without `align_corners` and `antialias`, which is how torchvision's detectors see pictures. It aliases where it shrinks.
 */
export function interpolate(
  { pixels, width: inputWidth, height: inputHeight }: Picture,
  { window, width, height, flipX, flipY }: ResampleOptions,
): Float32Array {
  const across = nearest(inputWidth, { from: window.left, span: window.width, count: width, flip: flipX });
  const down = nearest(inputHeight, { from: window.top, span: window.height, count: height, flip: flipY });
  const result = new Float32Array(width * height * 3);
  let to = 0;
  for (const y of down) {
    for (const x of across) {
      for (let channel = 0; channel < 3; channel++) {
        const at = (row: number, column: number) => pixels[3 * (row * inputWidth + column) + channel]!;
        const above = at(y.low, x.low) * (1 - x.fraction) + at(y.low, x.high) * x.fraction;
        const below = at(y.high, x.low) * (1 - x.fraction) + at(y.high, x.high) * x.fraction;
        result[to++] = above * (1 - y.fraction) + below * y.fraction;
      }
    }
  }
  return result;
}

interface Pair {
  readonly low: number;
  readonly high: number;
  readonly fraction: number;
}

/** The two inputs on either side of each output's centre, and how far it is to the second. */
function nearest(
  inputs: number,
  axis: { readonly from: number; readonly span: number; readonly count: number; readonly flip: boolean },
): readonly Pair[] {
  // Rounded to single precision, and nothing after it: so does PyTorch, and a map's cells near zero tell the difference.
  const step = Math.fround(axis.span / axis.count);
  return Array.from({ length: axis.count }, (_, index) => {
    const output = axis.flip ? axis.count - 1 - index : index;
    const at = Math.min(Math.max(axis.from + (output + 0.5) * step - 0.5, 0), inputs - 1);
    const low = Math.floor(at);
    return { low, high: Math.min(low + 1, inputs - 1), fraction: at - low };
  });
}
