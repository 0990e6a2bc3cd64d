import type { RunDescription, TrainingConfig } from '../config/schema.js';
import { detectors } from '../models/detectors/index.js';
import type { TwoStageDetector } from '../models/detectors/two-stage.js';
import { optimizers } from '../optimizers/index.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { randomOf } from '../random.js';

/** Streams that start from one seed; the numbers are part of what makes a run repeatable. The first is that of the anchors (fit-to-data.ts). */
const streams = { parameters: 2, sampling: 3 } as const;

/** The detector of a config, freshly initialised. Its anchors must be shapes by now. */
export function buildDetector(
  config: Pick<TrainingConfig, 'model'>,
  { classes, classWeights, seed }: Pick<RunDescription, 'classes' | 'classWeights' | 'seed'>,
): TwoStageDetector {
  return detectors.build(config.model, { classes, classWeights, random: randomOf(seed, streams.parameters) });
}

export function buildOptimizer({ optimizer }: TrainingConfig['training'], detector: Pick<TwoStageDetector, 'parameters'>): Optimizer {
  return optimizers.build(optimizer, detector.parameters);
}

export const samplingStream = (seed: number) => randomOf(seed, streams.sampling);
