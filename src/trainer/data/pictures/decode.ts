import sharp from 'sharp';
import { UserError } from '../../../errors.js';
import { notAPicture } from '../picture-header.js';
import type { Picture, Size } from './resize.js';

export interface DecodeOptions {
  /** The size that the data set's reader found; an EXIF quarter turn is followed where only that gives it. */
  readonly expected: Size;
  /** The size to hand back, never larger than `expected`. */
  readonly kept: Size;
}

/**
 * Decodes a picture to RGB bytes in shared memory, shrunk to `kept` (libvips' linear kernel, a JPEG's own scaling first).
 * Throws a UserError where the file is missing, no picture, cut off, or not of the size it had.
 */
export async function decodePicture(path: string, { expected, kept }: DecodeOptions): Promise<Picture> {
  let found: Size;
  let decoded: { readonly data: Buffer; readonly info: { readonly channels: number } };
  try {
    const { width, height, orientation = 1 } = await sharp(path).metadata();
    const turned = orientation >= 5 && width !== height && width === expected.height && height === expected.width;
    found = turned ? { width: height, height: width } : { width, height };
    decoded = await sharp(path, { failOn: 'truncated', autoOrient: turned })
      .resize({ ...kept, fit: 'fill', kernel: 'linear' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
  } catch (cause) {
    throw notAPicture(path, cause);
  }
  if (found.width !== expected.width || found.height !== expected.height) {
    throw new UserError(
      `\`${path}\` is ${found.width}x${found.height} now, but was ${expected.width}x${expected.height} when the data set was read`,
    );
  }
  const pixels = new Uint8Array(new SharedArrayBuffer(kept.width * kept.height * 3));
  if (decoded.info.channels === 3) pixels.set(decoded.data);
  else for (let i = 0; i < pixels.length; i++) pixels[i] = decoded.data[Math.floor(i / 3) * decoded.info.channels]!;
  return { ...kept, pixels };
}
