import type { TrainingConfig } from '../config/schema.js';
import type { PictureSize } from './fit-to-data.js';

/**
 * The size that decoded pictures are kept at: the largest that augmentation asks for. Judging and using a detector take the same, since a
 * picture that is scaled twice is not to the bit the one that is scaled once.
 */
export function pictureDetail({ data: { size, augment } }: Pick<TrainingConfig, 'data'>): PictureSize {
  const zoom = Math.max(1, augment.scale?.[1] ?? 1);
  return { shortSide: Math.ceil(size.shortSide * zoom), longSide: Math.ceil(size.longSide * zoom) };
}

/** How the batches of a config are drawn. */
export function drawingOf({ data: { size, resize, multipleOf } }: Pick<TrainingConfig, 'data'>) {
  return { resize: size, drawing: resize, multipleOf };
}
