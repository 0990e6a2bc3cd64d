import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** One picture of a data set written for a test: whatever is left out is written as it should be. */
export interface FixturePicture {
  readonly id: string;
  readonly width?: number;
  readonly height?: number;
  /** The XML between `<annotation>` and its end, or `raw` for the whole file; a plain one with one box unless told. */
  readonly body?: string;
  readonly raw?: string | Uint8Array;
  /** The bytes of the picture; a grey JPEG unless told. */
  readonly image?: Uint8Array;
  readonly extension?: string;
}

export function object(name: string, [xmin, ymin, xmax, ymax]: readonly (number | string)[], more = ''): string {
  return `<object>\n<name>${name}</name>\n${more}<bndbox>\n<xmin>${xmin}</xmin>\n<ymin>${ymin}</ymin>\n<xmax>${xmax}</xmax>\n<ymax>${ymax}</ymax>\n</bndbox>\n</object>\n`;
}

export function size(width: number, height: number): string {
  return `<size>\n<width>${width}</width>\n<height>${height}</height>\n<depth>3</depth>\n</size>\n`;
}

/** Writes a VOC folder with one split. */
export async function writeVoc(directory: string, pictures: readonly FixturePicture[], split = 'train'): Promise<void> {
  const put = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  };
  mkdirSync(join(directory, 'JPEGImages'), { recursive: true });
  mkdirSync(join(directory, 'Annotations'), { recursive: true });
  for (const { id, width = 64, height = 48, body, raw, image, extension = '.jpg' } of pictures) {
    const jpeg = sharp({ create: { width, height, channels: 3, background: '#808080' } }).toFormat(extension === '.png' ? 'png' : 'jpeg');
    put(`JPEGImages/${id}${extension}`, image ?? (await jpeg.toBuffer()));
    put(`Annotations/${id}.xml`, raw ?? `<annotation>\n${body ?? size(width, height) + object('cat', [1, 1, 10, 10])}</annotation>\n`);
  }
  put(`ImageSets/Main/${split}.txt`, pictures.map(({ id }) => `${id}\n`).join(''));
}
