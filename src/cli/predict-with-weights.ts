import { resolve } from 'node:path';
import { ExitCode } from '../errors.js';
import type { Detections, Record } from '../trainer/contracts.js';
import { activateEngine } from './activate-engine.js';
import type { EngineFlags } from './engine-flags.js';
import { findConfig } from './find-config.js';
import type { Terminal } from './terminal.js';

export interface WithWeightsFlags extends EngineFlags {
  readonly config: string;
  readonly weights: string;
  readonly set: readonly string[];
  readonly score?: number;
  readonly json?: boolean;
}

/** What a picture's boxes are, as the weights' own program would print them: labels count from 1, 0 is background. */
interface Found {
  readonly image: string;
  /** x1 y1 x2 y2, pixels */
  readonly boxes: readonly (readonly number[])[];
  readonly scores: readonly number[];
  readonly labels: readonly number[];
}

/** `gpu-setup predict --config CONFIG --weights FILE IMAGE...`: what a detector with weights from elsewhere sees in pictures. */
export async function predictWithWeights(terminal: Terminal, images: readonly string[], flags: WithWeightsFlags): Promise<ExitCode> {
  const [{ readConfig }, { openWithWeights }, { Pictures }, { pictureRecord }, { drawingOf, pictureDetail }] = await Promise.all([
    import('../trainer/config/schema.js'),
    import('../trainer/engine/with-weights.js'),
    import('../trainer/data/pictures/pictures.js'),
    import('../trainer/data/picture-record.js'),
    import('../trainer/engine/picture-detail.js'),
  ]);
  const { path, shown } = findConfig(flags.config, terminal.cwd);
  const { config } = await readConfig(path, { set: flags.set, shown });
  const records: Record[] = await Promise.all(images.map((image) => pictureRecord(resolve(terminal.cwd, image))));
  // Weights from elsewhere are to give what they give elsewhere: every bit counts unless told.
  const precision = flags.precision ?? (terminal.env.GPU_SETUP_PRECISION ? undefined : 'fp32');
  await activateEngine(terminal, precision === undefined ? flags : { ...flags, precision });
  const { detector, report } = openWithWeights(config, resolve(terminal.cwd, flags.weights));
  terminal.say(`weights: ${report.taken.length} tensors of \`${flags.weights}\`, named as ${report.family} names them`);
  for (const note of report.notes) terminal.say(`note: ${note}`);
  if (report.leftOver.length > 0)
    terminal.say(`note: ${report.leftOver.length} tensors are of no use here: ${report.leftOver.slice(0, 4).join(', ')}`);
  const pictures = new Pictures({ cacheBytes: 0, detail: pictureDetail(config) });
  const results: Found[] = [];
  try {
    for await (const batch of pictures.batches({
      dataset: { records },
      batchSize: 1,
      ...drawingOf(config),
      seed: 0,
      signal: terminal.signal,
    })) {
      const [found] = detector.predict(batch);
      results.push({ image: images[results.length]!, ...plain(found!, flags.score ?? 0) });
    }
  } finally {
    await pictures.close();
    detector.dispose();
  }
  if (flags.json) terminal.out(JSON.stringify(results, null, 2));
  else for (const { image, boxes } of results) terminal.out(`${image}: ${boxes.length} object${boxes.length === 1 ? '' : 's'}`);
  return ExitCode.ok;
}

function plain({ boxes, labels, scores }: Detections, least: number): Omit<Found, 'image'> {
  const kept = [...scores.keys()].filter((i) => scores[i]! >= least);
  return {
    boxes: kept.map((i) => [...boxes.xyxy.subarray(4 * i, 4 * i + 4)]),
    scores: kept.map((i) => scores[i]!),
    labels: kept.map((i) => labels[i]! + 1),
  };
}
