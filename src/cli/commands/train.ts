import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Command, Option } from 'commander';
import { ExitCode } from '../../errors.js';
import { duration, scoresTable, trainingLine } from '../../report/training-text.js';
import type { Ready, TrainResult } from '../../trainer/engine/train.js';
import { activateEngine } from '../activate-engine.js';
import type { CliCommand } from '../command.js';
import { findDataDirectory } from '../data-directory.js';
import { type EngineFlags, modeOf, withEngineFlags } from '../engine-flags.js';
import { sayFetching } from '../fetch-progress.js';
import { findConfig } from '../find-config.js';
import { positiveInteger, positiveNumber, seedNumber } from '../numbers.js';
import { version } from '../package.js';
import { type SetFlag, withSetFlag } from '../set-flag.js';
import type { Terminal } from '../terminal.js';

interface TrainFlags extends EngineFlags, SetFlag {
  readonly data?: string;
  readonly trainSplit?: string;
  readonly valSplit?: string;
  readonly maxMinutes?: number;
  readonly epochs?: number;
  readonly workDir?: string;
  readonly seed?: number;
  readonly resume?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `gpu-setup train voc`: a detector from scratch, on any Pascal VOC set. */
export const train: CliCommand = {
  register(program, run) {
    const command = program
      .command('train')
      .description('train an object detector')
      .argument('<config>', 'what to train: `voc`, one that ships (`coco/faster_rcnn_r50_fpn_1x`), or a config file (YAML)')
      .option('--data <dir>', 'a VOCdevkit, a VOC2007-like folder, or any with Annotations, ImageSets and JPEGImages')
      .option('--train-split <name>', 'the split to train on (`train`, or what there is)')
      .option('--val-split <name>', 'the split to judge with (`val`, or what there is)')
      .addOption(
        new Option('--max-minutes <minutes>', 'wall-clock time for everything; the schedule adapts')
          .argParser(positiveNumber)
          .conflicts('epochs'),
      )
      .option('--epochs <number>', 'times through the training split', positiveInteger)
      .option('--work-dir <dir>', 'where config, log, checkpoints and report go (`work_dirs/NAME`)');
    withSetFlag(command);
    withEngineFlags(command)
      .option('--seed <number>', 'of everything random (0)', seedNumber)
      .option('--resume', 'go on with the newest checkpoint of the work dir; of the flags above only a larger budget changes it')
      .option('--yes', 'make the small data set `shapes` where there is none')
      .option('--json', 'print the scores as one JSON document')
      .action(run((terminal, config: string, flags: TrainFlags, _: Command) => trainRun(terminal, config, flags)));
  },
};

async function trainRun(terminal: Terminal, name: string, flags: TrainFlags): Promise<ExitCode> {
  const workDir = resolve(terminal.cwd, flags.workDir ?? join('work_dirs', name.replace(/^.*\//, '').replace(/\.ya?ml$/, '')));
  const { readConfig, train, resume, readRun } = await loadTrainer();
  const { path, shown, shipped } = findConfig(name, terminal.cwd);
  const { config } = await readConfig(path, { set: flags.set, shown });
  let dataDirectory: string | undefined;
  // What a download takes is not the training's.
  let startedAt = performance.now();
  if (!flags.resume) {
    try {
      const found = await findDataDirectory(terminal, flags.data, flags.yes ?? false, {
        shapes: (directory) => shapesIn(terminal, directory),
        voc2007: async (directory) => {
          const fetched = await voc2007In(terminal, directory);
          startedAt = performance.now();
          return fetched;
        },
      });
      dataDirectory = resolve(terminal.cwd, found);
    } catch (error) {
      if (!terminal.signal.aborted) throw error;
      terminal.say('Interrupted before training began; the same command goes on');
      return ExitCode.interrupted;
    }
  }
  const target = flags.resume || flags.workDir !== undefined ? workDir : await freshWorkDir(workDir);
  // What was begun in one precision goes on in it on its engine; another one that is named computes as it does.
  const begun = flags.resume ? await readRun(target) : undefined;
  const wanted = begun && (flags.engine === undefined || flags.engine === begun.engine) ? modeOf(begun) : flags;
  const { name: engine, mode } = await activateEngine(terminal, wanted, begun?.engine);
  const options = {
    workDir: target,
    startedAt,
    now: () => performance.now(),
    signal: terminal.signal,
    emit: lineEvery(terminal, 5000),
    announce: (ready: Ready) => announce(terminal, ready, target, engine),
  };
  const said = {
    ...(flags.trainSplit === undefined ? {} : { trainSplit: flags.trainSplit }),
    ...(flags.valSplit === undefined ? {} : { valSplit: flags.valSplit }),
  };
  const budget = budgetOf(flags);
  const result: TrainResult =
    dataDirectory === undefined
      ? await resume(options, {
          ...said,
          // A recipe may have become a better one since; a file was written by the user, who expects it to be heard.
          ...(shipped && flags.set.length === 0 ? {} : { config }),
          ...(flags.data === undefined ? {} : { dataDirectory: resolve(terminal.cwd, flags.data) }),
          ...(flags.seed === undefined ? {} : { seed: flags.seed }),
          ...(budget === undefined ? {} : { budget }),
          mode: modeOf(flags),
        })
      : await train({
          ...options,
          ...said,
          config,
          dataDirectory,
          seed: flags.seed ?? 0,
          engine,
          mode,
          budget: budget ?? { epochs: config.training.epochs },
          madeBy: `gpu-setup ${version}`,
        });
  const settings = flags.set.map((each) => ` --set '${each}'`).join('');
  const resumeCommand = `gpu-setup train ${name}${settings} --resume --work-dir ${relative(terminal.cwd, target) || '.'}`;
  if (result.ended === 'interrupted') {
    terminal.say(`Interrupted after iteration ${result.iteration}; everything is saved`);
    terminal.say(`hint: \`${resumeCommand}\` goes on`);
    return ExitCode.interrupted;
  }
  const { finishWorkDir } = await import('../finish-work-dir.js');
  const written = await finishWorkDir(target, result, name);
  terminal.say(`Trained ${result.iteration} iterations in ${duration(result.seconds)}`);
  if (flags.json) terminal.out(JSON.stringify(written.scores, null, 2));
  else if (result.evaluation) terminal.out(scoresTable(result.evaluation.summary));
  terminal.say(`report:   ${relative(terminal.cwd, written.report)}`);
  terminal.say(`pictures: ${relative(terminal.cwd, written.pictures)}`);
  return ExitCode.ok;
}

const budgetOf = ({ maxMinutes, epochs }: TrainFlags) =>
  maxMinutes !== undefined ? { maxMinutes } : epochs !== undefined ? { epochs } : undefined;

/** The trainer and TensorFlow.js are loaded only by the commands that train: the doctor starts without them. */
async function loadTrainer() {
  const [{ readConfig }, { train, resume, readRun }] = await Promise.all([
    import('../../trainer/config/schema.js'),
    import('../../trainer/engine/train.js'),
  ]);
  return { readConfig, train, resume, readRun };
}

async function shapesIn(terminal: Terminal, directory: string): Promise<string> {
  const { makeShapes } = await import('../../trainer/data/shapes/make-shapes.js');
  terminal.say(`Making \`shapes\` in \`${relative(terminal.cwd, directory)}\``);
  await makeShapes({ directory, images: 300, seed: 0, signal: terminal.signal });
  return directory;
}

async function voc2007In(terminal: Terminal, directory: string): Promise<string> {
  const [{ fetchableDataSets }, { fetchDataSet }] = await Promise.all([
    import('../../trainer/data/fetch/data-set-table.js'),
    import('../../trainer/data/fetch/fetch-data-set.js'),
  ]);
  const dataSet = (await fetchableDataSets()).find(({ name }) => name === 'voc2007')!;
  const options = { dataSet, split: 'trainval', directory, signal: terminal.signal, onEvent: sayFetching(terminal) };
  return (await fetchDataSet(options)).directory;
}

/** The default work dir is used again and again: what lies there is kept aside, numbered. */
async function freshWorkDir(workDir: string): Promise<string> {
  if (!existsSync(workDir)) return workDir;
  for (let number = 1; ; number++) {
    const aside = `${workDir}.${number}`;
    if (existsSync(aside)) continue;
    await rename(workDir, aside);
    return workDir;
  }
}

function announce(
  terminal: Terminal,
  { config, train, validation, parameters, iteration, remarks }: Ready,
  workDir: string,
  engine: string,
): void {
  const objects = train.records.reduce((sum, { truth }) => sum + truth.boxes.count, 0);
  terminal.say(
    `data: ${train.records.length} pictures of \`${train.split}\`, ${objects} objects of ${config.run.classes.length} classes (${config.run.classes.join(', ')})`,
  );
  terminal.say(`validation: ${validation.records.length} pictures of \`${validation.split}\``);
  for (const remark of remarks.slice(0, 8)) terminal.say(`note: ${remark}`);
  if (remarks.length > 8) terminal.say(`note: and ${remarks.length - 8} more, all in the report`);
  if (config.run.engine !== engine)
    terminal.say(`note: it began on \`${config.run.engine}\`; on \`${engine}\` it goes on, but not bit for bit`);
  terminal.say(`model: ${config.model.type}, ${(parameters / 1e6).toFixed(2)} million parameters`);
  terminal.say(`work dir: ${workDir}${iteration > 0 ? `, from iteration ${iteration} on` : ''}`);
}

/** Says an event's line, iterations no more often than every so many milliseconds. */
function lineEvery(terminal: Terminal, ms: number): (event: Parameters<typeof trainingLine>[0]) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (event) => {
    if (event.kind === 'iteration') {
      if (performance.now() - last < ms) return;
      last = performance.now();
    }
    terminal.say(trainingLine(event));
  };
}
