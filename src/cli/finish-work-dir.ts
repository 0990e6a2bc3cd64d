import { mkdir } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { trainingHtml } from '../report/training-html.js';
import type { TrainingReport } from '../report/training-report.js';
import { duration } from '../report/training-text.js';
import type { RunDescription } from '../trainer/config/schema.js';
import { type LogLine, readLog } from '../trainer/engine/log-file.js';
import type { TrainResult } from '../trainer/engine/train.js';
import { writeAtomic } from '../trainer/engine/write-atomic.js';
import { type ScoresJson, scoresJson } from '../trainer/evaluation/scores-json.js';
import { classColor } from '../trainer/visualization/class-color.js';
import { drawDetections } from '../trainer/visualization/draw-detections.js';

/** How many of the validation pictures are drawn. */
const drawn = 12;
/** Points that a curve keeps; a long run's iterations are averaged into as many. */
const points = 400;

export interface FinishedWorkDir {
  readonly scores: ScoresJson | undefined;
  readonly report: string;
  readonly pictures: string;
}

/** `recipe` is what `train` was told to train. Writes what people look at after a run: `metrics.json`, `pictures/` and `report.html`. */
export async function finishWorkDir(workDir: string, result: TrainResult, recipe: string): Promise<FinishedWorkDir> {
  const { config, evaluation } = result;
  const scores = evaluation && scoresJson(evaluation.summary);
  if (scores) await writeAtomic(join(workDir, 'metrics.json'), `${JSON.stringify(scores, null, 2)}\n`);
  const pictures = join(workDir, 'pictures');
  await mkdir(pictures, { recursive: true });
  const shown: { source: string; caption: string }[] = [];
  for (const { record, detections } of evaluation?.found.slice(0, drawn) ?? []) {
    const outPath = join(pictures, `${basename(record.id)}.jpg`);
    await drawDetections({ record, detections, truth: record.truth, classes: config.run.classes, outPath });
    shown.push({ source: relative(workDir, outPath), caption: record.id });
  }
  const report = join(workDir, 'report.html');
  await writeAtomic(report, trainingHtml(reportOf(workDir, recipe, result, await readLog(join(workDir, 'log.jsonl')), shown)));
  return { scores, report, pictures };
}

function reportOf(
  workDir: string,
  recipe: string,
  result: TrainResult,
  log: readonly LogLine[],
  pictures: TrainingReport['pictures'],
): TrainingReport {
  const { config, train, validation, evaluation, seconds, iteration } = result;
  const { run } = config;
  const iterations = log.filter((line) => line.kind === 'iteration');
  const budget = 'maxMinutes' in run.budget ? `--max-minutes ${run.budget.maxMinutes}` : `--epochs ${run.budget.epochs}`;
  const splits = `--train-split ${run.data.trainSplit} --val-split ${run.data.valSplit}`;
  return {
    title: `Faster R-CNN on ${train.name}`,
    subtitle: `${run.madeBy}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    facts: [
      { label: 'engine', value: [run.engine, ...modeFlags(run).map((flag) => flag.replace('--', ''))].join(', ') },
      { label: 'trained', value: `${iteration} iterations of ${config.training.batch} pictures in ${duration(seconds)}` },
      { label: 'training split', value: `${train.split}, ${train.records.length} pictures` },
      { label: 'validation split', value: `${validation.split}, ${validation.records.length} pictures` },
      { label: 'picture size', value: `short side ${config.data.size.shortSide}, long side at most ${config.data.size.longSide}` },
      { label: 'optimizer', value: `${config.training.optimizer.type}, peak rate ${config.training.schedule.peak}` },
      { label: 'seed', value: String(run.seed) },
    ],
    ...(evaluation ? { summary: evaluation.summary } : {}),
    split: validation.split,
    classColors: run.classes.map((_, label) => classColor(label)),
    iterations: averaged(iterations, Math.ceil(iterations.length / points)).map((line) => ({
      iteration: line.iteration,
      epoch: line.epoch,
      loss: line.loss,
      losses: line.losses,
      learningRate: line.learningRate,
      dataSeconds: line.dataMs / 1000,
      computeSeconds: line.computeMs / 1000,
      imagesPerSecond: line.imagesPerSecond,
    })),
    evaluations: log.flatMap((line) => {
      if (line.kind !== 'evaluation') return [];
      const prefix = 'AP50/';
      const classes = Object.entries(line.metrics).filter(([name]) => name.startsWith(prefix));
      return [
        {
          iteration: line.iteration,
          epoch: (line.iteration * config.training.batch) / train.records.length,
          mAP50: line.metrics.mAP50 ?? 0,
          classes: Object.fromEntries(classes.map(([name, value]) => [name.slice(prefix.length), value])),
        },
      ];
    }),
    pictures,
    complaints: [...train.complaints, ...validation.complaints],
    commands: [
      {
        what: 'have it again',
        command: `gpu-setup train ${recipe} --data ${run.data.directory} ${splits} ${budget} --seed ${run.seed} ${[`--engine ${run.engine}`, ...modeFlags(run)].join(' ')}`,
      },
      { what: 'score it on another split', command: `gpu-setup test ${workDir} --data DIR --split NAME` },
      { what: 'use it', command: `gpu-setup predict ${workDir} IMAGE...` },
    ],
  };
}

type IterationLine = Extract<LogLine, { kind: 'iteration' }>;

/** Means over groups of `size` lines, each at its last line's iteration. */
function averaged(lines: readonly IterationLine[], size: number): IterationLine[] {
  if (size <= 1) return [...lines];
  const groups: IterationLine[] = [];
  for (let start = 0; start < lines.length; start += size) {
    const group = lines.slice(start, start + size);
    const mean = (value: (line: IterationLine) => number) => group.reduce((sum, line) => sum + value(line), 0) / group.length;
    const last = group.at(-1)!;
    groups.push({
      ...last,
      loss: mean(({ loss }) => loss),
      losses: Object.fromEntries(Object.keys(last.losses).map((name) => [name, mean(({ losses }) => losses[name] ?? 0)])),
      dataMs: mean(({ dataMs }) => dataMs),
      computeMs: mean(({ computeMs }) => computeMs),
      imagesPerSecond: mean(({ imagesPerSecond }) => imagesPerSecond),
    });
  }
  return groups;
}

/** How a run says on the command line what mode it was in. */
function modeFlags({ precision, threads, deterministic }: RunDescription): readonly string[] {
  return [
    ...(precision === undefined ? [] : [`--precision ${precision}`]),
    ...(threads === undefined ? [] : [`--threads ${threads}`]),
    ...(deterministic ? ['--deterministic'] : []),
  ];
}
