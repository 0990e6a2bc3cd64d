import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const schema = z.strictObject({ url: z.string(), validator: z.string() });

/** Which version of which URL a `.part` file is the beginning of: an ETag or a date, as `If-Range` takes it. */
export type PartNote = z.infer<typeof schema>;

/** Where the note of `part` lies. */
export const noteOf = (part: string) => `${part}.json`;

/** The note beside `part`; undefined where there is none, or one that a crash left half-written. */
export async function readPartNote(part: string): Promise<PartNote | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(noteOf(part), 'utf8')));
  } catch {
    // Without it the bytes are asked for unconditionally, and the checksum judges them.
    return undefined;
  }
}

export async function writePartNote(part: string, note: PartNote, mode: number): Promise<void> {
  const fresh = `${noteOf(part)}.new`;
  await rm(fresh, { force: true });
  await writeFile(fresh, JSON.stringify(note), { mode, flag: 'wx' });
  await chmod(fresh, mode);
  await rename(fresh, noteOf(part));
}

/** What `If-Range` may carry: a strong ETag, else the date of the last change. */
export function validatorOf(headers: Headers): string | undefined {
  const tag = headers.get('etag');
  return tag && !tag.startsWith('W/') ? tag : (headers.get('last-modified') ?? undefined);
}
