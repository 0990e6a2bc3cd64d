import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { messageOf, UserError } from '../../errors.js';
import { loadYaml, toYaml } from '../config/load.js';
import { type ResolvedConfig, type RunDescription, resolvedSchema, type TrainingConfig } from '../config/schema.js';
import type { Batch, Dataset } from '../contracts.js';
import { batchesPerEpoch } from '../data/pictures/epoch-order.js';
import { Pictures } from '../data/pictures/pictures.js';
import { readVoc } from '../data/voc/read-voc.js';
import { defaultSplits, listVocSplits } from '../data/voc/splits.js';
import { evaluateAt } from '../hooks/evaluate-at.js';
import type { Evaluation, Hook, TrainingEvent } from '../hooks/run.js';
import { saveCheckpoints } from '../hooks/save-checkpoints.js';
import { stopOnNonFinite } from '../hooks/stop-on-nonfinite.js';
import type { Detector } from '../models/detector.js';
import { type Asked, agree } from './agree.js';
import { Averaging } from './averaging.js';
import { type Budget, clockBudget, iterationBudget } from './budget.js';
import { buildDetector, buildOptimizer, samplingStream } from './build.js';
import { type Checkpoint, checkpoints, newestCheckpoint } from './checkpoint.js';
import { classWeightsOf, fitToData } from './fit-to-data.js';
import { LogFile, rewindLog } from './log-file.js';
import { drawingOf, pictureDetail } from './picture-detail.js';
import { type Ended, Runner } from './runner.js';
import { scheduleFor } from './schedule.js';
import { writeAtomic } from './write-atomic.js';

export interface TrainOptions {
  readonly config: TrainingConfig;
  readonly dataDirectory: string;
  readonly trainSplit?: string;
  readonly valSplit?: string;
  readonly workDir: string;
  readonly seed: number;
  readonly engine: string;
  /** How the engine computes, for the run to say and to go on with. */
  readonly mode?: Pick<RunDescription, 'precision' | 'threads' | 'deterministic'>;
  readonly budget: RunDescription['budget'];
  /** On the clock of `now`, when the budget began. */
  readonly startedAt: number;
  /** Milliseconds. */
  now(): number;
  readonly signal: AbortSignal;
  readonly madeBy: string;
  emit(event: TrainingEvent): void;
  /** Told once everything is read and checked, before the first iteration. */
  announce(ready: Ready): void;
}

/** What a run will do, known before it begins. */
export interface Ready {
  readonly config: ResolvedConfig;
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly parameters: number;
  readonly iteration: number;
  /** What the user should know about the data, one line each. */
  readonly remarks: readonly string[];
}

export interface TrainResult extends Ended {
  readonly config: ResolvedConfig;
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly evaluation: Evaluation | undefined;
  readonly seconds: number;
}

/** Trains from scratch in a new work dir. Everything is read and checked before the first file is written. */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { workDir, dataDirectory, seed } = options;
  if ((await checkpoints(workDir)).length > 0) {
    throw new UserError(`\`${workDir}\` holds a training already`, { hint: '`--resume` goes on with it; or name another `--work-dir`' });
  }
  const splits = await chooseSplits(dataDirectory, options.trainSplit, options.valSplit);
  const train = await readVoc({ directory: dataDirectory, split: splits.train });
  const validation = await readVoc({ directory: dataDirectory, split: splits.val, classes: train.classes });
  const objects = train.records.reduce((sum, { truth }) => sum + truth.boxes.count, 0);
  if (objects === 0) throw new UserError(`The split \`${splits.train}\` of \`${dataDirectory}\` has no object to learn from`);
  const config: ResolvedConfig = {
    ...fitToData(options.config, train, seed),
    run: {
      classes: [...train.classes],
      classWeights: classWeightsOf(train, options.config.training.classBalance),
      data: { directory: dataDirectory, trainSplit: splits.train, valSplit: splits.val },
      seed,
      engine: options.engine,
      ...options.mode,
      budget: options.budget,
      madeBy: options.madeBy,
    },
  };
  // Parts that do not fit together are found here, before anything is written.
  const detector = buildDetector(config, config.run);
  try {
    await makeWorkDir(workDir);
    await writeAtomic(join(workDir, 'config.yaml'), toYaml(config));
    await writeAtomic(join(workDir, 'log.jsonl'), '');
  } catch (error) {
    detector.dispose();
    throw error;
  }
  return run(options, { config, train, validation, detector });
}

/** Goes on with the newest checkpoint of a work dir, with that run's own config, data and seed; `asked` may only agree with them, or give it longer. */
export async function resume(
  options: Pick<TrainOptions, 'workDir' | 'startedAt' | 'now' | 'signal' | 'emit' | 'announce'>,
  asked: Asked = {},
): Promise<TrainResult> {
  const { workDir } = options;
  const checkpoint = await newestCheckpoint(workDir);
  const before = await loadYaml(join(workDir, 'config.yaml'), resolvedSchema);
  const config = agree(before, asked);
  const { directory, trainSplit, valSplit } = config.run.data;
  const train = await readVoc({ directory, split: trainSplit, classes: config.run.classes });
  const validation = await readVoc({ directory, split: valSplit, classes: config.run.classes });
  if (!isDeepStrictEqual(config.run.budget, before.run.budget)) await writeAtomic(join(workDir, 'config.yaml'), toYaml(config));
  await rewindLog(join(workDir, 'log.jsonl'), checkpoint.state.iteration);
  return run(options, { config, train, validation, detector: buildDetector(config, config.run), checkpoint });
}

async function makeWorkDir(workDir: string): Promise<void> {
  try {
    await mkdir(workDir, { recursive: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in its way' : messageOf(cause);
    throw new UserError(`Cannot make the work dir \`${workDir}\`: ${why}`, { hint: '`--work-dir` names another', cause });
  }
}

/** What a work dir says of its run; throws `UserError` where there is nothing to go on with. */
export async function readRun(workDir: string): Promise<RunDescription> {
  if ((await checkpoints(workDir)).length === 0) await newestCheckpoint(workDir);
  return (await loadYaml(join(workDir, 'config.yaml'), resolvedSchema)).run;
}

interface Prepared {
  readonly config: ResolvedConfig;
  readonly train: Dataset;
  readonly validation: Dataset;
  /** Disposed of when the run ends. */
  readonly detector: Detector;
  readonly checkpoint?: Checkpoint;
}

async function run(
  { workDir, startedAt, now, signal, emit, announce }: Pick<TrainOptions, 'workDir' | 'startedAt' | 'now' | 'signal' | 'emit' | 'announce'>,
  { config, train, validation, detector, checkpoint }: Prepared,
): Promise<TrainResult> {
  const { batch: batchSize, epochs: _, ...training } = config.training;
  const { seed } = config.run;
  const { schedule, remark } = scheduleFor(training.schedule, Math.min(batchSize, train.records.length));
  const log = new LogFile(join(workDir, 'log.jsonl'));
  const perEpoch = batchesPerEpoch(train.records.length, { batchSize: Math.min(batchSize, train.records.length), dropLast: true });
  const optimizer = buildOptimizer(config.training, detector);
  const pictures = new Pictures({ detail: pictureDetail(config) });
  let secondsPerPicture = 0;
  let stepSeconds = 0;
  const reserve = () => validation.records.length * (secondsPerPicture || stepSeconds) * 1.15 + 2;
  const budget: Budget =
    'maxMinutes' in config.run.budget
      ? clockBudget(config.run.budget.maxMinutes * 60, { now, startedAt, spent: checkpoint?.state.spentSeconds ?? 0, reserve })
      : iterationBudget(config.run.budget.epochs * perEpoch, now);
  const evaluating = evaluateAt(config.evaluation.at, config.evaluation.sample, () => hooks);
  const hooks: readonly Hook[] = [stopOnNonFinite(), evaluating, saveCheckpoints(120, now)];
  const validationBatches = (sample?: number): AsyncIterable<Batch> =>
    pictures.batches({
      dataset: { records: sample === undefined ? validation.records : spread(validation.records, sample) },
      batchSize: Math.min(batchSize, validation.records.length),
      ...drawingOf(config),
      seed,
      signal,
    });
  const runner = new Runner({
    detector,
    optimizer,
    averaging: new Averaging(detector.parameters.trainable, training.averaging),
    schedule,
    clip: training.clip ?? Number.POSITIVE_INFINITY,
    budget,
    batches: (startAt) =>
      pictures.batches({
        dataset: train,
        batchSize: Math.min(batchSize, train.records.length),
        ...drawingOf(config),
        augment: augmentOf(config),
        seed,
        epochs: Number.POSITIVE_INFINITY,
        startAt,
        shuffle: true,
      }),
    batchesPerEpoch: perEpoch,
    validation: validationBatches,
    validationSet: validation,
    hooks,
    random: samplingStream(seed),
    workDir,
    signal,
    emit(event) {
      if (event.kind === 'evaluation') secondsPerPicture = 1 / event.evaluation.imagesPerSecond;
      // Until it was measured, a picture's evaluation is taken to cost half of its training.
      if (event.kind === 'iteration' && event.iteration > 2)
        stepSeconds = event.computeMs / 2000 / Math.min(batchSize, train.records.length);
      log.append(event);
      emit(event);
    },
  });
  if (checkpoint) runner.restore(checkpoint);
  announce({
    config,
    train,
    validation,
    parameters: detector.parameters.count,
    iteration: checkpoint?.state.iteration ?? 0,
    remarks: [
      ...(remark === undefined ? [] : [remark]),
      ...train.complaints,
      ...validation.complaints,
      ...sharedPictures(train, validation),
    ],
  });
  try {
    const ended = await runner.run();
    return { ...ended, config, train, validation, evaluation: evaluating.last(), seconds: (now() - startedAt) / 1000 };
  } finally {
    const failure = await log.finish();
    if (failure) emit({ kind: 'warning', message: `log.jsonl is not complete: ${String(failure)}` });
    await pictures.close();
    runner.dispose();
    detector.dispose();
  }
}

/** The splits asked for, or the usual ones; never silently the same for training and judging. */
async function chooseSplits(
  directory: string,
  train: string | undefined,
  val: string | undefined,
): Promise<{ train: string; val: string }> {
  const available = await listVocSplits(directory);
  const usual = defaultSplits(available);
  const chosen = train ?? usual.train;
  if (chosen === undefined) throw new UserError(`\`${directory}\` has no split to train on`, { hint: '`--train-split NAME` names one' });
  const others = ['val', 'valid', 'validation', 'test'].filter((name) => name !== chosen && available.includes(name));
  return { train: chosen, val: val ?? (train === undefined ? usual.val : undefined) ?? others[0] ?? chosen };
}

/** That scores on pictures trained on say nothing about others. */
function sharedPictures(train: Dataset, validation: Dataset): string[] {
  const seen = new Set(train.records.map(({ imagePath }) => imagePath));
  const shared = validation.records.filter(({ imagePath }) => seen.has(imagePath)).length;
  if (shared === 0) return [];
  return [
    `${shared} of the ${validation.records.length} pictures of \`${validation.split}\` are trained on too (\`${train.split}\`): scores on them say little about others`,
  ];
}

/** `count` of the records, evenly spread. */
function spread<T>(records: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => records[Math.floor((i * records.length) / count)]!);
}

function augmentOf({ data: { augment } }: TrainingConfig) {
  return Object.fromEntries(Object.entries(augment).filter(([, value]) => value !== undefined)) as {
    [Key in keyof typeof augment]-?: NonNullable<(typeof augment)[Key]>;
  };
}
