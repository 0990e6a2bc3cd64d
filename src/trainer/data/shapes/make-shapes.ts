import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import sharp from 'sharp';
import { messageOf, UserError } from '../../../errors.js';
import { randomOf } from '../../random.js';
import { annotationXml } from '../voc/annotation-xml.js';
import { drawShapes } from './draw-shapes.js';
import { shapeNames } from './outline.js';

export interface MakeShapesOptions {
  readonly directory: string;
  /** At least ten. */
  readonly images: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  /** After each picture: how many are done. */
  readonly onPicture?: (done: number) => void;
}

export interface MadeShapes {
  readonly directory: string;
  readonly images: number;
  readonly seed: number;
  readonly classes: readonly string[];
  /** Pictures per split. */
  readonly splits: Readonly<Record<'train' | 'val' | 'test' | 'trainval', number>>;
  /** False where the very same set lay there already. */
  readonly made: boolean;
}

/** What marks a folder as made here, so that it may be made anew. The number grows when the pictures change. */
const marker = 'shapes.json';
const version = 1;

/**
 * Makes a data set in Pascal VOC's layout: pictures of circles, squares, stars and triangles with true boxes, 60 % to train
 * on, 20 % to validate, 20 % to test. The same seed gives the same bytes; picture n does not depend on how many there are.
 * Drawn in a folder beside it that takes its place when whole. Throws a UserError where something else lies there.
 */
export async function makeShapes({ directory, images, seed, signal, onPicture }: MakeShapesOptions): Promise<MadeShapes> {
  const target = resolve(directory);
  const ids = Array.from({ length: images }, (_, index) => String(index + 1).padStart(6, '0'));
  const splits = splitsOf(ids);
  const mark = `${JSON.stringify({ madeBy: 'gpu-setup data make shapes', version, images, seed }, null, 2)}\n`;
  const answer = {
    directory,
    images,
    seed,
    classes: shapeNames,
    splits: { train: splits.train.length, val: splits.val.length, test: splits.test.length, trainval: splits.trainval.length },
  };
  const before = await lookAt(directory);
  if (before.mark === mark && before.pictures === images) return { ...answer, made: false };

  const partial = `${target}.partial-${process.pid}`;
  try {
    await rm(partial, { recursive: true, force: true });
    for (const part of ['JPEGImages', 'Annotations', 'ImageSets/Main']) await mkdir(join(partial, part), { recursive: true });
    for (const [index, id] of ids.entries()) {
      signal?.throwIfAborted();
      await writePicture(partial, basename(target), id, randomOf(seed, index));
      onPicture?.(index + 1);
    }
    for (const [name, listed] of Object.entries(splits)) {
      await writeFile(join(partial, 'ImageSets/Main', `${name}.txt`), listed.map((id) => `${id}\n`).join(''));
    }
    await writeFile(join(partial, marker), mark);
    if (before.exists) await rm(target, { recursive: true });
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (error instanceof Error && 'syscall' in error)
      throw new UserError(`Cannot write \`${directory}\`: ${messageOf(error)}`, { cause: error });
    throw error;
  }
  return { ...answer, made: true };
}

async function writePicture(directory: string, name: string, id: string, random: ReturnType<typeof randomOf>): Promise<void> {
  const { picture, shapes } = drawShapes(random);
  const { width, height, pixels } = picture;
  const jpeg = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
    .toBuffer();
  await writeFile(join(directory, 'JPEGImages', `${id}.jpg`), jpeg);
  await writeFile(
    join(directory, 'Annotations', `${id}.xml`),
    annotationXml({ folder: name, filename: `${id}.jpg`, width, height, objects: shapes }),
  );
}

function splitsOf(ids: readonly string[]): Readonly<Record<'train' | 'val' | 'test' | 'trainval', readonly string[]>> {
  const train = Math.round(ids.length * 0.6);
  const trainval = Math.round(ids.length * 0.8);
  return { train: ids.slice(0, train), val: ids.slice(train, trainval), test: ids.slice(trainval), trainval: ids.slice(0, trainval) };
}

/** What lies where the set shall lie: nothing, an empty folder, or a set made here; anything else is a UserError. */
async function lookAt(directory: string): Promise<{ readonly exists: boolean; readonly mark?: string; readonly pictures?: number }> {
  const notOurs = (what: string, cause?: unknown) =>
    new UserError(`\`${directory}\` ${what}, and was not made by \`data make shapes\``, {
      hint: 'name another folder with `--out`',
      cause,
    });
  let names: readonly string[];
  try {
    names = await readdir(directory);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { exists: false };
    if ((cause as NodeJS.ErrnoException).code === 'ENOTDIR') throw notOurs('is a file', cause);
    throw new UserError(`Cannot read \`${directory}\`: ${messageOf(cause)}`, { cause });
  }
  if (names.length === 0) return { exists: true };
  if (!names.includes(marker)) throw notOurs('is not empty');
  const pictures = names.includes('JPEGImages') ? (await readdir(join(directory, 'JPEGImages'))).length : 0;
  return { exists: true, mark: await readFile(join(directory, marker), 'utf8'), pictures };
}
