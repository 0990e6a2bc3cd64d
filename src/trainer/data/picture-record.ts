import { basename } from 'node:path';
import type { Record } from '../contracts.js';
import { readPictureHeader } from './picture-header.js';

/** A record of a picture without annotation, upright as viewers show it. Throws a UserError where it is no picture. */
export async function pictureRecord(path: string): Promise<Record> {
  const { width, height, turned } = await readPictureHeader(path);
  return {
    id: basename(path),
    imagePath: path,
    annotationPath: '',
    width: turned ? height : width,
    height: turned ? width : height,
    truth: { boxes: { count: 0, xyxy: new Float32Array(0) }, labels: new Int32Array(0), difficult: new Uint8Array(0) },
  };
}
