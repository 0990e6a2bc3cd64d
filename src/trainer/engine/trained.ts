import { join } from 'node:path';
import * as tf from '../../tf.js';
import { loadYaml } from '../config/load.js';
import { type ResolvedConfig, resolvedSchema } from '../config/schema.js';
import type { Detector } from '../models/detector.js';
import { unflatten } from '../optimizers/flat.js';
import { buildDetector } from './build.js';
import { newestCheckpoint } from './checkpoint.js';

/** A trained detector, as a work dir keeps it: its config, and the averaged weights of its newest checkpoint. */
export interface Trained {
  readonly config: ResolvedConfig;
  readonly detector: Detector;
  readonly checkpoint: string;
  readonly iteration: number;
}

/** Builds the model of a work dir and loads its weights. Throws a UserError where the folder is no work dir. */
export async function openTrained(workDir: string): Promise<Trained> {
  const checkpoint = await newestCheckpoint(workDir);
  const config = await loadYaml(join(workDir, 'config.yaml'), resolvedSchema);
  const detector = buildDetector(config, config.run);
  detector.parameters.load(checkpoint.parameters, checkpoint.path);
  const average = tf.tensor1d(checkpoint.average);
  unflatten(average, detector.parameters.trainable);
  average.dispose();
  return { config, detector, checkpoint: checkpoint.path, iteration: checkpoint.state.iteration };
}
