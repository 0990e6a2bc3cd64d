import { open } from 'node:fs/promises';
import sharp, { type Metadata } from 'sharp';
import { messageOf, UserError } from '../../errors.js';

/** What a picture file says of itself. */
export interface PictureHeader {
  /** As stored, before any EXIF rotation. */
  readonly width: number;
  readonly height: number;
  /** True where EXIF asks for a quarter turn, so that viewers show it with width and height exchanged. */
  readonly turned: boolean;
}

/** Reads a picture's header, and looks whether its end is there. Throws a UserError where it is no picture or cut off. */
export async function readPictureHeader(path: string): Promise<PictureHeader> {
  let header: Metadata;
  try {
    header = await sharp(path).metadata();
  } catch (cause) {
    await checkReadable(path);
    throw notAPicture(path, cause);
  }
  if (!(await endsAsItShould(path, header.format))) {
    // The tail looks odd, which is no proof: only decoding tells.
    await sharp(path, { failOn: 'truncated' })
      .stats()
      .catch((cause: unknown) => {
        throw notAPicture(path, cause);
      });
  }
  return { width: header.width, height: header.height, turned: (header.orientation ?? 1) >= 5 };
}

/** libvips calls a file that it may not open an unknown format. Throws a UserError where the system refuses it. */
async function checkReadable(path: string): Promise<void> {
  try {
    await (await open(path)).close();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new UserError(`Cannot read \`${path}\`: ${messageOf(cause)}`, { cause });
  }
}

export function notAPicture(path: string, cause: unknown): UserError {
  const reason = messageOf(cause).split('\n')[0]!.trim();
  const missing = /missing|ENOENT/.test(reason);
  return new UserError(
    missing ? `The picture \`${path}\` is missing` : `\`${path}\` is not a picture that can be read: ${reason.replace(/^Input file /, '')}`,
    {
      hint: missing ? 'put it back, or leave it out' : 'replace the file, or leave it out',
      cause,
    },
  );
}

/** A JPEG's end marker or a PNG's last chunk lies within the last bytes; other formats are not looked at. */
async function endsAsItShould(path: string, format: string | undefined): Promise<boolean> {
  const mark = format === 'jpeg' ? Buffer.from([0xff, 0xd9]) : format === 'png' ? Buffer.from('IEND') : undefined;
  if (!mark) return true;
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(64, size));
    await file.read(tail, 0, tail.length, size - tail.length);
    return tail.includes(mark);
  } finally {
    await file.close();
  }
}
