import { decodePicture } from './decode.js';
import { interpolate } from './interpolate.js';
import type { PictureDone, PictureJob } from './picture-job.js';
import { resample } from './resample.js';
import { applyTone } from './tone.js';

/** Fills what a shrunken picture leaves of its canvas: the mean of ImageNet's pixels. */
const grey = [124, 116, 104] as const;

/** Decodes (unless kept), scales, tones and writes one picture into its batch. */
export async function drawPicture(job: PictureJob): Promise<PictureDone> {
  const { path, expected, kept, placement, batch, offset, stride } = job;
  const picture = job.pixels ? { ...kept, pixels: job.pixels } : await decodePicture(path, { expected, kept });
  const { canvas, left, top, width, height } = placement;
  const floats = batch instanceof Float32Array;
  const drawn = floats ? interpolate(picture, placement) : resample(picture, placement);
  if (placement.tone) applyTone(drawn, placement.tone);
  if (!floats && (width < canvas.width || height < canvas.height)) fillGrey(batch, offset, stride, canvas.width, canvas.height);
  for (let y = 0; y < height; y++) {
    batch.set(drawn.subarray(y * width * 3, (y + 1) * width * 3), offset + (top + y) * stride + left * 3);
  }
  return job.keep ? { pixels: picture.pixels } : {};
}

function fillGrey(batch: Uint8Array, offset: number, stride: number, width: number, height: number): void {
  for (let x = 0; x < width; x++) batch.set(grey, offset + x * 3);
  for (let y = 1; y < height; y++) batch.copyWithin(offset + y * stride, offset, offset + width * 3);
}
