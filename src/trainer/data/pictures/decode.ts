import sharp, { type Sharp } from 'sharp';
import { UserError } from '../../../errors.js';
import { notAPicture } from '../picture-header.js';
import type { Picture, Size } from './resize.js';

export interface DecodeOptions {
  /** The size that the data set's reader found. */
  readonly expected: Size;
  /** The size to hand back, never larger than `expected`. */
  readonly kept: Size;
}

/**
 * A picture ready to be worked on, turned as EXIF asks only where that gives the size `expected`. Throws a UserError where
 * the file is missing, no picture, or of another size.
 */
export async function openPicture(path: string, expected: Size): Promise<Sharp> {
  const {
    width,
    height,
    orientation = 1,
  } = await sharp(path)
    .metadata()
    .catch((cause: unknown) => {
      throw notAPicture(path, cause);
    });
  const asStored = width === expected.width && height === expected.height;
  const asTurned = orientation >= 5 && width === expected.height && height === expected.width;
  if (!asStored && !asTurned) {
    throw new UserError(`\`${path}\` is ${width}x${height}, but was ${expected.width}x${expected.height} when it was first looked at`);
  }
  return sharp(path, { failOn: 'truncated', autoOrient: !asStored }).toColourspace('srgb').removeAlpha();
}

/**
 * Decodes a picture to RGB bytes in shared memory, shrunk to `kept` (libvips' linear kernel, a JPEG's own scaling first).
 * Throws as `openPicture`, and where the file is cut off.
 */
export async function decodePicture(path: string, { expected, kept }: DecodeOptions): Promise<Picture> {
  const picture = await openPicture(path, expected);
  const { data, info } = await picture
    .resize({ ...kept, fit: 'fill', kernel: 'linear' })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw notAPicture(path, cause);
    });
  const pixels = new Uint8Array(new SharedArrayBuffer(kept.width * kept.height * 3));
  if (info.channels === 3) pixels.set(data);
  else for (let i = 0; i < pixels.length; i++) pixels[i] = data[Math.floor(i / 3) * info.channels]!;
  return { ...kept, pixels };
}
