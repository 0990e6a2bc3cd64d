import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '../../../src/tf.js';
import type { TrainingConfig } from '../../../src/trainer/config/schema.js';
import type { Batch } from '../../../src/trainer/contracts.js';
import { Averaging } from '../../../src/trainer/engine/averaging.js';
import { buildDetector, buildOptimizer } from '../../../src/trainer/engine/build.js';
import { Trainer } from '../../../src/trainer/engine/step.js';
import { randomOf } from '../../../src/trainer/random.js';
import { tinyConfig } from './tiny-config.js';

/** What was alive after a step: tensors and their bytes as TensorFlow.js counts them, and the memory of the whole process. */
export interface Alive {
  readonly step: number;
  readonly tensors: number;
  readonly bytes: number;
  readonly residentMiB: number;
}

/** So small that ten thousand steps take minutes; its anchors need no data. */
export async function tiniestConfig(): Promise<TrainingConfig> {
  const tiny = await tinyConfig();
  const shapes: [number, number][] = [
    [8, 8],
    [16, 16],
    [16, 8],
  ];
  const few = { before: 20, threshold: 0.7, after: 8 };
  const rpn = { ...tiny.model.rpn, anchors: shapes, proposals: { training: few, testing: few } };
  return { ...tiny, model: { ...tiny.model, rpn, head: { ...tiny.model.head, samples: 6 } } };
}

/** Trains a tiny detector on two pictures of noise, on the active backend, and tells what is alive after each of the steps in `at`, garbage collected. */
export async function tinyTraining(at: readonly number[]): Promise<Alive[]> {
  const config = await tiniestConfig();
  const detector = buildDetector(config, { classes: ['a', 'b'], classWeights: [1, 1], seed: 1 });
  const trainer = new Trainer(detector, buildOptimizer(config.training, detector));
  const averaging = new Averaging(detector.parameters.trainable, config.training.averaging);
  const random = randomOf(1);
  const batches = [noise((below) => random.integer(below)), noise((below) => random.integer(below))];
  const alive: Alive[] = [];
  for (let step = 1; step <= Math.max(...at); step++) {
    await trainer.step(batches[step % 2]!, random, { learningRate: 1e-3, clip: 10 });
    averaging.include(step);
    if (!at.includes(step)) continue;
    collectGarbage();
    const { numTensors, numBytes } = tf.memory();
    alive.push({ step, tensors: numTensors, bytes: numBytes, residentMiB: process.memoryUsage.rss() / 2 ** 20 });
  }
  trainer.dispose();
  averaging.dispose();
  detector.dispose();
  return alive;
}

/** A batch of one small picture with two objects. */
export function noise(integer: (below: number) => number): Batch {
  const [width, height] = [32, 16];
  const truth = {
    boxes: { count: 2, xyxy: Float32Array.from([1, 2, 9, 12, 16, 1, 31, 15]) },
    labels: Int32Array.from([0, 1]),
    difficult: new Uint8Array(2),
  };
  const record = { id: 'noise', imagePath: '', annotationPath: '', width, height, truth };
  return {
    pixels: Uint8Array.from({ length: width * height * 3 }, () => integer(256)),
    count: 1,
    width,
    height,
    samples: [{ record, width, height, scaleX: 1, scaleY: 1, truth }],
  };
}

/** Node hides it behind a flag, which may be set while it runs. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
