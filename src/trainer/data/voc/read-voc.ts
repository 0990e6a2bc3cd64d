import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { messageOf, UserError } from '../../../errors.js';
import type { Dataset, Record } from '../../contracts.js';
import { eachAtOnce } from '../each-at-once.js';
import { type PictureHeader, readPictureHeader } from '../picture-header.js';
import { parseAnnotation, type VocAnnotation } from './annotation.js';
import { findVocFolders, type VocFolder } from './folder.js';
import { boxOf, numberOf, type PictureSize } from './object-box.js';
import { noSuchSplit, readSplit, type SplitEntry, splitFile } from './splits.js';

export interface ReadVocOptions {
  /** A VOCdevkit, a `VOC2007`-like folder, or any folder with `Annotations`, `ImageSets` and `JPEGImages`. */
  readonly directory: string;
  readonly split: string;
  /** What a trained model knows; without it, the names found in the split, sorted. */
  readonly classes?: readonly string[];
}

/** A picture of the split and where its parts lie. */
interface Listed extends SplitEntry {
  readonly imagePath: string;
  readonly annotationPath: string;
}
interface ReadPicture extends Listed {
  readonly annotation: VocAnnotation;
  readonly header: PictureHeader;
}

/** Pictures and annotations opened at a time. */
const atOnce = 16;

/**
 * Reads and checks a split whole: every annotation, and every picture's header. What cannot be trained on safely throws a
 * UserError (no such folder or split, a picture or annotation that is missing, cut off or no such thing, a class that
 * `classes` lacks); what real data have, a bad box here and there, is left out and listed in `complaints`.
 */
export async function readVoc({ directory, split, classes }: ReadVocOptions): Promise<Dataset> {
  const complaints: string[] = [];
  const folders = await findVocFolders(directory);
  const listed: Listed[] = [];
  const names: string[] = [];
  for (const folder of folders) {
    const entries = await readSplit(folder, split);
    if (!entries) continue;
    names.push(folder.name);
    listed.push(...(await locate(folder, split, entries, complaints)));
  }
  if (names.length === 0) throw await noSuchSplit(directory, split);
  if (listed.length === 0) throw new UserError(`The split \`${split}\` of \`${directory}\` names no picture`);

  const pictures = await eachAtOnce(listed, atOnce, async (picture): Promise<ReadPicture> => {
    const annotation = parseAnnotation(await bytesOf(picture.annotationPath), picture.annotationPath);
    return { ...picture, annotation, header: await readPictureHeader(picture.imagePath) };
  });
  const known = classes ?? classNames(pictures);
  if (known.length === 0) throw new UserError(`No annotation of the split \`${split}\` of \`${directory}\` names an object`);
  const indexOf = new Map(known.map((name, index) => [name, index]));
  return {
    name: names.join('+'),
    directory,
    split,
    classes: known,
    records: pictures.map((picture) => recordOf(picture, indexOf, complaints)),
    complaints,
  };
}

/** Finds each name's picture and annotation; says the first that is missing, and how many more are. */
async function locate(folder: VocFolder, split: string, entries: readonly SplitEntry[], complaints: string[]): Promise<Listed[]> {
  const file = splitFile(folder, split);
  const pictures = new Map<string, ReadonlyMap<string, string>>();
  const annotations = new Map<string, ReadonlyMap<string, string>>();
  const listed = new Map<string, Listed>();
  const missing: { readonly entry: SplitEntry; readonly what: string }[] = [];
  for (const entry of entries) {
    // Some tools write the picture's file name in place of its stem.
    const imagePath = await find(join(folder.directory, 'JPEGImages'), entry.id, pictures);
    const annotationPath = await find(join(folder.directory, 'Annotations'), entry.id, annotations, '.xml');
    if (!imagePath) missing.push({ entry, what: `no picture \`${join(folder.directory, 'JPEGImages', entry.id)}.*\`` });
    else if (!annotationPath) missing.push({ entry, what: `no annotation \`${join(folder.directory, 'Annotations', entry.id)}.xml\`` });
    else if (listed.has(imagePath)) {
      complaints.push(`${file}:${entry.line}: \`${entry.id}\` stands in line ${listed.get(imagePath)!.line} already; left out here`);
    } else listed.set(imagePath, { ...entry, imagePath, annotationPath });
  }
  if (missing.length > 0) {
    const [{ entry, what }] = missing as [(typeof missing)[0]];
    const more = missing.length > 1 ? `, and ${missing.length - 1} more lines name what is not there` : '';
    throw new UserError(`\`${file}:${entry.line}\` names \`${entry.id}\`, but there is ${what}${more}`, {
      hint: 'put the files back, or take the names out of the split',
    });
  }
  return [...listed.values()];
}

/** The file of `folder` that `id` names, with or without its extension. Each folder is listed once. */
async function find(
  folder: string,
  id: string,
  listings: Map<string, ReadonlyMap<string, string>>,
  extension?: string,
): Promise<string | undefined> {
  const within = join(folder, dirname(id));
  let listing = listings.get(within);
  if (!listing) {
    listing = await stemsIn(within, extension);
    listings.set(within, listing);
  }
  const name = listing.get(basename(id)) ?? listing.get(basename(id, extname(id)));
  return name === undefined ? undefined : join(within, name);
}

const pictureExtensions = ['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.gif', '.avif'];

/** File names by stem and by whole name; of pictures with the same stem the JPEG wins. */
async function stemsIn(folder: string, extension: string | undefined): Promise<ReadonlyMap<string, string>> {
  const wanted = extension ? [extension] : pictureExtensions;
  const rank = (name: string) => wanted.indexOf(extname(name).toLowerCase());
  const stems = new Map<string, string>();
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return stems;
    throw new UserError(`Cannot read \`${folder}\`: ${messageOf(cause)}`, { cause });
  }
  for (const name of names.filter((name) => rank(name) >= 0).sort((a, b) => rank(b) - rank(a))) {
    stems.set(name, name);
    stems.set(basename(name, extname(name)), name);
  }
  return stems;
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new UserError(`Cannot read \`${path}\`: ${messageOf(cause)}`, { cause });
  }
}

function classNames(pictures: readonly ReadPicture[]): readonly string[] {
  const found = new Set(pictures.flatMap(({ annotation }) => annotation.objects.flatMap(({ name }) => (name?.text ? [name.text] : []))));
  return [...found].sort();
}

function recordOf(picture: ReadPicture, indexOf: ReadonlyMap<string, number>, complaints: string[]): Record {
  const { id, imagePath, annotationPath, annotation } = picture;
  const complain = (line: number, what: string) => complaints.push(`${annotationPath}:${line}: ${what}`);
  const size = sizeOf(picture, complain);
  const coordinates: number[] = [];
  const labels: number[] = [];
  const difficult: number[] = [];
  for (const object of annotation.objects) {
    if (!object.name?.text) {
      complain(object.line, 'the object has no name; it was left out');
      continue;
    }
    const label = indexOf.get(object.name.text);
    if (label === undefined) throw unknownClass(annotationPath, object.name.line, object.name.text, [...indexOf.keys()]);
    const { box, complaint } = boxOf(object, size);
    if (complaint) complain(complaint.line, `\`${object.name.text}\`: ${complaint.what}`);
    if (!box) continue;
    coordinates.push(...box);
    labels.push(label);
    difficult.push(object.difficult?.text === '1' || object.difficult?.text.toLowerCase() === 'true' ? 1 : 0);
  }
  return {
    id,
    imagePath,
    annotationPath,
    ...size,
    truth: {
      boxes: { count: labels.length, xyxy: Float32Array.from(coordinates) },
      labels: Int32Array.from(labels),
      difficult: Uint8Array.from(difficult),
    },
  };
}

/**
 * The size of the picture as its annotator saw it: the stored one, unless EXIF asks for a quarter turn and the annotation
 * says the turned size.
 */
function sizeOf({ annotation, header, imagePath }: ReadPicture, complain: (line: number, what: string) => void): PictureSize {
  const stored = { width: header.width, height: header.height };
  const { width: widthField, height: heightField } = annotation;
  const width = widthField && numberOf(widthField);
  const height = heightField && numberOf(heightField);
  // Some tools write 0 for a size that they do not know.
  if (!width || !height) {
    complain(widthField?.line ?? heightField?.line ?? 1, `no \`size\`; took the picture's own, ${stored.width}x${stored.height}`);
    return stored;
  }
  if (width === stored.width && height === stored.height) return stored;
  if (header.turned && width === stored.height && height === stored.width) return { width, height };
  complain(
    widthField.line,
    `\`size\` says ${width}x${height}, but \`${imagePath}\` is ${stored.width}x${stored.height}; its boxes were taken as they are`,
  );
  return stored;
}

function unknownClass(file: string, line: number, name: string, known: readonly string[]): UserError {
  const alike = known.find((other) => other.toLowerCase() === name.toLowerCase());
  return new UserError(
    `\`${file}:${line}\` has an object of class \`${name}\`, but the classes are ${known.map((other) => `\`${other}\``).join(', ')}`,
    {
      hint: alike
        ? `it differs from \`${alike}\` in capital letters only: write it the same way everywhere`
        : 'the splits of one run, and a model and what it is tested on, must agree on the classes',
    },
  );
}
