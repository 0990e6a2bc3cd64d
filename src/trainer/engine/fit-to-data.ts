import type { TrainingConfig } from '../config/schema.js';
import type { Dataset, Record } from '../contracts.js';
import { fitAnchors, type WeightedSize } from '../models/anchors.js';
import { randomOf } from '../random.js';

/** The stream that anchors are fitted with; the others stand in build.ts. */
const stream = 1;

type Examples = Pick<Dataset, 'records' | 'classes'>;
type Anchors = Exclude<TrainingConfig['model']['rpn']['anchors'], { fit: number }>;
export interface PictureSize {
  readonly shortSide: number;
  readonly longSide: number;
}

/** A config in which whatever was left to the data is a number: the size of pictures, then the anchors as that size shows the objects. */
export function fitToData(config: TrainingConfig, dataset: Examples, seed: number): TrainingConfig {
  const sized = { ...config, data: { ...config.data, size: pictureSizeOf(config.data.size, dataset) } };
  return { ...sized, model: { ...config.model, rpn: { ...config.model.rpn, anchors: anchorsOf(sized, dataset, seed) } } };
}

/** Picture sides are multiples of this, so that strided maps fit them. */
const sideStep = 16;

/**
 * The size at which pictures enter the network. Where a config names the smallest object worth seeing, the short side is the one at which
 * a tenth of the objects of the class with the smallest ones are smaller than that: large objects are learnt as well from small
 * pictures, of which a second trains several times more.
 */
export function pictureSizeOf(size: TrainingConfig['data']['size'], { records, classes }: Examples): PictureSize {
  const { shortSide, longSide } = size;
  if (!('smallestObject' in size)) return { shortSide, longSide };
  const smallest = Math.min(...classes.map((_, label) => tenth(sidesOf(records, label))));
  if (!Number.isFinite(smallest)) return { shortSide, longSide };
  const wanted = Math.ceil(size.smallestObject / smallest / sideStep) * sideStep;
  const short = Math.min(Math.max(wanted, size.leastShortSide), shortSide);
  return { shortSide: short, longSide: Math.round((longSide * short) / shortSide / sideStep) * sideStep };
}

/** The square root of each object's area as a part of its picture's short side. */
function sidesOf(records: readonly Record[], label: number): number[] {
  return records.flatMap(({ width, height, truth }) => {
    const { xyxy } = truth.boxes;
    return [...truth.labels.keys()]
      .filter((i) => truth.labels[i] === label)
      .map((i) => Math.sqrt((xyxy[4 * i + 2]! - xyxy[4 * i]!) * (xyxy[4 * i + 3]! - xyxy[4 * i + 1]!)) / Math.min(width, height));
  });
}

/** The value below which a tenth of the values lie; infinite where there are none. */
const tenth = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 10)] ?? Number.POSITIVE_INFINITY;

/**
 * The anchors of a config as widths and heights, fitted to the training boxes (as the network sees them) where it asks for that.
 * Each class counts the same: else a common class takes all anchors, and a rare one of another size is proposed by none.
 */
export function anchorsOf(config: TrainingConfig, dataset: Examples, seed: number): Anchors {
  const { anchors } = config.model.rpn;
  if (!('fit' in anchors)) return anchors;
  const { shortSide, longSide } = config.data.size;
  const counts = countsOf(dataset);
  const boxes = dataset.records.flatMap(({ width, height, truth }) => {
    const scale = Math.min(shortSide / Math.min(width, height), longSide / Math.max(width, height));
    const { count, xyxy } = truth.boxes;
    return Array.from({ length: count }, (_, i): WeightedSize => {
      const size = [(xyxy[4 * i + 2]! - xyxy[4 * i]!) * scale, (xyxy[4 * i + 3]! - xyxy[4 * i + 1]!) * scale] as const;
      return { size, weight: 1 / counts[truth.labels[i]!]! };
    });
  });
  const tenths = (value: number) => Math.round(value * 10) / 10;
  return fitAnchors(boxes, anchors.fit, randomOf(seed, stream)).map(([width, height]) => [tenths(width), tenths(height)]);
}

/** How much an object of each class counts: inverse frequency to the power `balance`, 1 on average over all objects. */
export function classWeightsOf(dataset: Examples, balance: number): number[] {
  const counts = countsOf(dataset);
  const raw = counts.map((count) => Math.max(count, 1) ** -balance);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = counts.reduce((sum, count, label) => sum + count * raw[label]!, 0) / total;
  return raw.map((weight) => weight / mean);
}

/** Objects per class. */
function countsOf({ records, classes }: Examples): number[] {
  const counts = classes.map(() => 0);
  for (const { truth } of records) for (const label of truth.labels) counts[label]!++;
  return counts;
}
