import type { RunDescription, TrainingConfig } from '../config/schema.js';
import { anchorShapes } from '../models/anchors.js';
import type { Detector } from '../models/detector.js';
import { fasterRcnn } from '../models/detectors/faster-rcnn.js';
import { randomOf } from '../random.js';
import { adamW } from './optimizers/adamw.js';
import type { Optimizer } from './optimizers/optimizer.js';
import { sgd } from './optimizers/sgd.js';

/** Streams that start from one seed; the numbers are part of what makes a run repeatable. The first is that of the anchors (fit-to-data.ts). */
const streams = { parameters: 2, sampling: 3 } as const;

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
  const { trainable } = detector.parameters;
  return optimizer.type === 'adamw' ? adamW(optimizer, trainable) : sgd(optimizer, trainable);
}

export const samplingStream = (seed: number) => randomOf(seed, streams.sampling);
