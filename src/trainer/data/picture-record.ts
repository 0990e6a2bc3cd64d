import { basename } from 'node:path';
import type { Record } from '../contracts.js';
import { readPictureHeader } from './picture-header.js';

/** A picture by itself, without annotation. Throws a UserError where there is none. */
export async function pictureRecord(path: string): Promise<Record> {
  const { width, height } = await readPictureHeader(path);
  const truth = { boxes: { count: 0, xyxy: new Float32Array() }, labels: new Int32Array(), difficult: new Uint8Array() };
  return { id: basename(path), imagePath: path, annotationPath: '', width, height, truth };
}
