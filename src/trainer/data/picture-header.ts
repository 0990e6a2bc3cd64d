import { open, readFile } from 'node:fs/promises';
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
  if (await isCutOff(path, header.format)) throw notAPicture(path, new Error('it is cut off'));
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

/**
 * Whether a JPEG has no end marker after its last scan began (ITU-T T.81, B.1.1.3: neither marker can stand inside a scan's data), or
 * a PNG no last chunk; other formats are not looked at. The decoder is not asked: with several pictures at once it does not always say.
 */
async function isCutOff(path: string, format: string | undefined): Promise<boolean> {
  const end = format === 'jpeg' ? Buffer.from([0xff, 0xd9]) : format === 'png' ? Buffer.from('IEND') : undefined;
  if (!end) return false;
  if ((await tailOf(path)).includes(end)) return false;
  // Some cameras and tools append to a whole picture.
  const bytes = await readFile(path);
  return bytes.lastIndexOf(end) <= (format === 'jpeg' ? bytes.lastIndexOf(Buffer.from([0xff, 0xda])) : -1);
}

/** The last 64 bytes: nearly always enough. */
async function tailOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(64, size));
    await file.read(tail, 0, tail.length, size - tail.length);
    return tail;
  } finally {
    await file.close();
  }
}
