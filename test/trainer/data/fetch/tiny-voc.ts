import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from 'tar';
import type { ArchiveRow, DataSetRow } from '../../../../src/trainer/data/fetch/data-set-table.js';
import { type FixturePicture, writeVoc } from '../voc/voc-fixture.js';

export interface TinyArchive {
  readonly content: Buffer;
  readonly row: Omit<ArchiveRow, 'hosts'>;
}

/** A tar with a VOC folder of some pictures and one split, made in `folder`. */
export async function tinyArchive(folder: string, split: string, ids: readonly string[]): Promise<TinyArchive> {
  const place = join(folder, split);
  const pictures: FixturePicture[] = ids.map((id) => ({ id }));
  await writeVoc(join(place, 'VOCdevkit/VOC2007'), pictures, split);
  const path = join(folder, `${split}.tar`);
  await create({ cwd: place, file: path }, ['VOCdevkit']);
  return archiveOf(path, split);
}

export function archiveOf(path: string, split: string): TinyArchive {
  const content = readFileSync(path);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { content, row: { file: `${split}.tar`, split, bytes: content.byteLength, sha256 } };
}

export const dataSetOf = (archives: readonly ArchiveRow[]): DataSetRow => ({
  name: 'voc2007',
  title: 'Pascal VOC 2007',
  folder: 'VOCdevkit/VOC2007',
  last: 'ImageSets',
  terms: 'http://127.0.0.1/',
  source: 'this test',
  date: '2026-11-24',
  archives: [...archives],
});
