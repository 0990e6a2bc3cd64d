import { writeFile } from 'node:fs/promises';
import { messageOf, UserError } from '../../errors.js';
import type { Detections, Record, Truth } from '../contracts.js';
import { openPicture } from '../data/pictures/decode.js';
import { detectionsSvg } from './detections-svg.js';

export interface DrawDetectionsOptions {
  /** The picture and its size as boxes mean it: a `Record`, of a data set or of `pictureRecord(path)`. */
  readonly record: Pick<Record, 'imagePath' | 'width' | 'height'>;
  /** In the picture's own pixels. */
  readonly detections: Detections;
  readonly truth?: Truth;
  readonly classes: readonly string[];
  /** 0.5 unless told. */
  readonly leastScore?: number;
  /** A JPEG. */
  readonly outPath: string;
}

/** Long sides between which a drawing is kept: names stay readable, files small. */
const longSides = { least: 480, most: 1600 } as const;

/** Writes a picture with what was found in it. Throws a UserError where it cannot be read or written. */
export async function drawDetections({
  record,
  detections,
  truth,
  classes,
  leastScore = 0.5,
  outPath,
}: DrawDetectionsOptions): Promise<void> {
  const longest = Math.max(record.width, record.height);
  const scale = Math.min(Math.max(longest, longSides.least), longSides.most) / longest;
  const width = Math.max(1, Math.round(record.width * scale));
  const height = Math.max(1, Math.round(record.height * scale));
  const overlay = detectionsSvg({ detections, ...(truth ? { truth } : {}), classes, leastScore, width, height, scale });
  const picture = await openPicture(record.imagePath, record);
  const jpeg = await picture
    .resize({ width, height, fit: 'fill' })
    .composite([{ input: Buffer.from(overlay), left: 0, top: 0 }])
    .jpeg({ quality: 88, chromaSubsampling: '4:4:4' })
    .toBuffer();
  try {
    await writeFile(outPath, jpeg);
  } catch (cause) {
    throw new UserError(`Cannot write \`${outPath}\`: ${messageOf(cause)}`, { cause });
  }
}
