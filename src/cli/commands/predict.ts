import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';
import { ExitCode, UserError } from '../../errors.js';
import type { Detections, Record } from '../../trainer/contracts.js';
import { activateEngine } from '../activate-engine.js';
import type { CliCommand } from '../command.js';
import { type EngineFlags, withEngineFlags } from '../engine-flags.js';
import { part } from '../numbers.js';
import { predictWithWeights } from '../predict-with-weights.js';
import { type SetFlag, withSetFlag } from '../set-flag.js';
import type { Terminal } from '../terminal.js';

interface PredictFlags extends EngineFlags, SetFlag {
  readonly out?: string;
  readonly score?: number;
  readonly config?: string;
  readonly weights?: string;
  readonly json?: boolean;
}

/** `gpu-setup predict WORKDIR IMAGE...`: what a trained detector sees in pictures. */
export const predict: CliCommand = {
  register(program, run) {
    const command = program
      .command('predict')
      .description('find and draw objects in pictures with a trained detector')
      .argument('<paths...>', 'what `gpu-setup train` wrote, and JPEG or PNG files; with `--config` pictures alone')
      .option('--out <dir>', 'where the drawn pictures go (`WORKDIR/predictions`)')
      .option('--score <least>', 'draw and print detections from this score on (0.5; with `--config` all)', part)
      .option('--config <config>', 'a model without a work dir, such as `torchvision/fasterrcnn_resnet50_fpn`')
      .option('--weights <file>', 'its weights: of PyTorch (.pth) or safetensors, torchvision, mmdetection and Detectron2 names too');
    withSetFlag(command);
    withEngineFlags(command)
      .option('--json', 'print one JSON document')
      .action(run((terminal, paths: string[], flags: PredictFlags) => predictOn(terminal, paths, flags)));
  },
};

async function predictOn(terminal: Terminal, paths: readonly string[], flags: PredictFlags): Promise<ExitCode> {
  const { config, weights } = flags;
  if (config === undefined && weights === undefined && flags.set.length === 0) {
    const [workDir, ...images] = paths as [string, ...string[]];
    if (images.length === 0) throw new UserError('No picture to look at', { hint: '`gpu-setup predict WORKDIR IMAGE...`' });
    return predictIn(terminal, workDir, images, { ...flags, score: flags.score ?? 0.5 });
  }
  if (config === undefined || weights === undefined) {
    throw new UserError(`\`${config === undefined ? '--config' : '--weights'}\` is missing`, {
      hint: 'a model without a work dir is `--config CONFIG --weights FILE`, and `--set` changes that config',
    });
  }
  if (flags.out !== undefined)
    throw new UserError('`--out` is for a work dir', { hint: 'with `--config` nothing is drawn; `--json` prints what was found' });
  return predictWithWeights(terminal, paths, { ...flags, config, weights });
}

async function predictIn(
  terminal: Terminal,
  workDir: string,
  images: readonly string[],
  flags: PredictFlags & { readonly score: number },
): Promise<ExitCode> {
  const [{ openTrained }, { Pictures }, { pictureRecord }, { drawDetections }, { drawingOf, pictureDetail }] = await Promise.all([
    import('../../trainer/engine/trained.js'),
    import('../../trainer/data/pictures/pictures.js'),
    import('../../trainer/data/picture-record.js'),
    import('../../trainer/visualization/draw-detections.js'),
    import('../../trainer/engine/picture-detail.js'),
  ]);
  // Every picture is looked at before the first is drawn.
  const records = await Promise.all(images.map((image) => pictureRecord(resolve(terminal.cwd, image))));
  const directory = resolve(terminal.cwd, flags.out ?? join(workDir, 'predictions'));
  const outputs = namesFor(records).map((name) => join(directory, name));
  for (const [index, output] of outputs.entries()) {
    if (existsSync(output) && resolve(output) === resolve(records[index]!.imagePath)) {
      throw new UserError(`\`${images[index]}\` would be drawn over itself`, { hint: '`--out DIR` names another folder' });
    }
  }
  await activateEngine(terminal, flags);
  const { config, detector } = await openTrained(resolve(terminal.cwd, workDir));
  const { classes } = config.run;
  const pictures = new Pictures({ cacheBytes: 0, detail: pictureDetail(config) });
  const results: { image: string; drawn: string; detections: ReturnType<typeof plain> }[] = [];
  try {
    await mkdir(directory, { recursive: true });
    const batches = pictures.batches({ dataset: { records }, batchSize: 1, ...drawingOf(config), seed: 0, signal: terminal.signal });
    for await (const batch of batches) {
      const [detections] = detector.predict(batch);
      const index = results.length;
      const outPath = outputs[index]!;
      await drawDetections({ record: records[index]!, detections: detections!, classes, leastScore: flags.score, outPath });
      results.push({ image: images[index]!, drawn: outPath, detections: plain(detections!, classes, flags.score) });
    }
  } finally {
    await pictures.close();
    detector.dispose();
  }
  if (flags.json) terminal.out(JSON.stringify(results, null, 2));
  else
    for (const { image, drawn, detections } of results)
      terminal.out(`${image}: ${summary(detections)} -> ${relative(terminal.cwd, drawn)}`);
  return ExitCode.ok;
}

function plain({ boxes, labels, scores }: Detections, classes: readonly string[], least: number) {
  return Array.from({ length: boxes.count }, (_, i) => ({
    class: classes[labels[i]!]!,
    score: scores[i]!,
    /** x1 y1 x2 y2, pixels */
    box: [...boxes.xyxy.subarray(4 * i, 4 * i + 4)],
  })).filter(({ score }) => score >= least);
}

function summary(detections: readonly { readonly class: string }[]): string {
  if (detections.length === 0) return 'nothing';
  const counts = new Map<string, number>();
  for (const detection of detections) counts.set(detection.class, (counts.get(detection.class) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
}

/** One file name per picture, numbered where two pictures of different folders are called the same. */
function namesFor(records: readonly Record[]): string[] {
  const used = new Map<string, number>();
  return records.map(({ imagePath }) => {
    const name = basename(imagePath, extname(imagePath));
    const before = used.get(name) ?? 0;
    used.set(name, before + 1);
    return `${name}${before > 0 ? `-${before + 1}` : ''}.jpg`;
  });
}
