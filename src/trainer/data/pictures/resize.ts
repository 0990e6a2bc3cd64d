/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** RGB bytes, row by row: [height, width, 3]. */
export interface Picture extends Size {
  readonly pixels: Uint8Array;
}

/** How large a picture is made: its short side `shortSide`, but no side longer than `longSide`. */
export interface Resize {
  readonly shortSide: number;
  readonly longSide: number;
}

/** The whole-pixel size of a picture after `resize`, its shape kept to within a pixel. */
export function resizedSize({ width, height }: Size, { shortSide, longSide }: Resize): Size {
  const scale = Math.min(shortSide / Math.min(width, height), longSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The size that torchvision's transform gives a picture: its scale in single precision, sides rounded down. */
export function flooredSize({ width, height }: Size, { shortSide, longSide }: Resize): Size {
  const { fround } = Math;
  // PyTorch divides a number by a tensor as the tensor's reciprocal times the number.
  const per = (wanted: number, side: number) => fround(wanted * fround(1 / side));
  const scale = Math.min(per(shortSide, Math.min(width, height)), per(longSide, Math.max(width, height)));
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}

/** As `resizedSize`, but never larger than it is. */
export function shrunkSize(size: Size, resize: Resize): Size {
  const smaller = resizedSize(size, resize);
  return smaller.width < size.width && smaller.height < size.height ? smaller : { width: size.width, height: size.height };
}
