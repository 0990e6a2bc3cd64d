import type { RunDescription, TrainingConfig } from '../config/schema.js';
import type { Dataset } from '../contracts.js';
import { anchorShapes, fitAnchors, type WeightedSize } from '../models/anchors.js';
import type { Detector } from '../models/detector.js';
import { fasterRcnn } from '../models/detectors/faster-rcnn.js';
import { randomOf } from '../random.js';
import { decayMask } from './flat.js';
import { adamW } from './optimizers/adamw.js';
import type { Optimizer } from './optimizers/optimizer.js';
import { sgd } from './optimizers/sgd.js';

/** Streams that start from one seed; the numbers are part of what makes a run repeatable. */
const streams = { anchors: 1, parameters: 2, sampling: 3 } as const;

/**
 * The anchors of a config as widths and heights, fitted to the training boxes (as the network sees them) where it asks for that.
 * Each class counts the same: else a common class takes all anchors, and a rare one of another size is proposed by none.
 */
export function anchorsOf(
  config: TrainingConfig,
  dataset: Pick<Dataset, 'records' | 'classes'>,
  seed: number,
): Exclude<TrainingConfig['model']['rpn']['anchors'], { fit: number }> {
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
  return fitAnchors(boxes, anchors.fit, randomOf(seed, streams.anchors)).map(([width, height]) => [tenths(width), tenths(height)]);
}

/** How much an object of each class counts: inverse frequency to the power `balance`, 1 on average over all objects. */
export function classWeightsOf(dataset: Pick<Dataset, 'records' | 'classes'>, balance: number): number[] {
  const counts = countsOf(dataset);
  const raw = counts.map((count) => Math.max(count, 1) ** -balance);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = counts.reduce((sum, count, label) => sum + count * raw[label]!, 0) / total;
  return raw.map((weight) => weight / mean);
}

/** Objects per class. */
function countsOf({ records, classes }: Pick<Dataset, 'records' | 'classes'>): number[] {
  const counts = classes.map(() => 0);
  for (const { truth } of records) for (const label of truth.labels) counts[label]!++;
  return counts;
}

/** The detector of a config, freshly initialised. Its anchors must be shapes by now. */
export function buildDetector(
  config: TrainingConfig,
  { classes, classWeights, seed }: Pick<RunDescription, 'classes' | 'classWeights' | 'seed'>,
): Detector {
  const { backbone, neck, rpn, head } = config.model;
  const { anchors } = rpn;
  if ('fit' in anchors) throw new TypeError('anchors are fitted before a model is built');
  const perMap = Array.isArray(anchors) ? [anchors] : anchors.sizes.map((sizes) => anchorShapes(sizes, anchors.ratios));
  return fasterRcnn({ backbone, neck, rpn: { ...rpn, anchors: perMap, classWeights }, head }, classes, randomOf(seed, streams.parameters));
}

export function buildOptimizer({ optimizer }: TrainingConfig['training'], detector: Detector): Optimizer {
  const decays = decayMask(detector.parameters.trainable);
  return optimizer.type === 'adamw' ? adamW(optimizer, decays) : sgd(optimizer, decays);
}

export const samplingStream = (seed: number) => randomOf(seed, streams.sampling);
