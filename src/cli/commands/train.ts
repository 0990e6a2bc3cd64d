import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ExitCode, UserError } from '../../errors.js';
import { duration, scoresTable, trainingLine } from '../../report/training-text.js';
import type { Ready, TrainResult } from '../../trainer/engine/train.js';
import { activateEngine } from '../activate-engine.js';
import type { CliCommand } from '../command.js';
import { findDataDirectory } from '../data-directory.js';
import { type EngineFlags, modeOf, withEngineFlags } from '../engine-flags.js';
import { finishWorkDir } from '../finish-work-dir.js';
import { positiveInteger, positiveNumber } from '../numbers.js';
import { packageFile, version } from '../package.js';
import type { Terminal } from '../terminal.js';

/** Names of what `train` takes beside a config file. */
const recipes: Readonly<Record<string, string>> = { voc: 'configs/voc/faster_rcnn_compact.yaml' };

interface TrainFlags extends EngineFlags {
  readonly data?: string;
  readonly trainSplit?: string;
  readonly valSplit?: string;
  readonly maxMinutes?: number;
  readonly epochs?: number;
  readonly workDir?: string;
  readonly seed: number;
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
      .argument('<config>', 'what to train: `voc`, or a config file (YAML)')
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
    withEngineFlags(command)
      .option('--seed <number>', 'of everything random', seedNumber, 0)
      .option('--resume', 'go on with the newest checkpoint of the work dir')
      .option('--yes', 'make the small data set `shapes` where there is none')
      .option('--json', 'print the scores as one JSON document')
      .action(run((terminal, config: string, flags: TrainFlags, _: Command) => trainRun(terminal, config, flags)));
  },
};

async function trainRun(terminal: Terminal, name: string, flags: TrainFlags): Promise<ExitCode> {
  const startedAt = performance.now();
  const workDir = resolve(terminal.cwd, flags.workDir ?? join('work_dirs', name.replace(/^.*\//, '').replace(/\.ya?ml$/, '')));
  const { loadConfig, train, resume, readRun } = await loadTrainer();
  const recipe = recipes[name];
  if (recipe === undefined && !existsSync(resolve(terminal.cwd, name))) {
    throw new UserError(`No config \`${name}\``, { hint: `\`${Object.keys(recipes).join('`, `')}\`, or the path of a YAML file` });
  }
  const config = await loadConfig(recipe ? packageFile(recipe) : resolve(terminal.cwd, name));
  const dataDirectory = flags.resume
    ? ''
    : resolve(
        terminal.cwd,
        await findDataDirectory(terminal, flags.data, flags.yes ?? false, (directory) => shapesIn(terminal, directory)),
      );
  const target = flags.resume || flags.workDir !== undefined ? workDir : await freshWorkDir(workDir);
  const { data, trainSplit, valSplit, epochs, maxMinutes, precision, threads, deterministic } = flags;
  const unused = flags.resume ? [data, trainSplit, valSplit, epochs, maxMinutes, precision, threads, deterministic] : [];
  if (unused.some((value) => value !== undefined)) {
    terminal.say(
      'note: a resumed run keeps the data, splits, seed, budget, precision, threads and determinism that it began with, whatever is given now',
    );
  }
  // What was begun in one precision goes on in it, and on its engine unless another one is named.
  const begun = flags.resume ? await readRun(target) : undefined;
  const wanted = begun ? { ...modeOf(begun), ...(flags.engine === undefined ? {} : { engine: flags.engine }) } : flags;
  const { name: engine, mode } = await activateEngine(terminal, wanted, begun?.engine);
  const shown = lineEvery(terminal, 5000);
  const options = {
    workDir: target,
    startedAt,
    now: () => performance.now(),
    signal: terminal.signal,
    emit: shown,
    announce: (ready: Ready) => announce(terminal, ready, target),
  };
  const result: TrainResult = flags.resume
    ? await resume(options)
    : await train({
        ...options,
        config,
        dataDirectory,
        ...(flags.trainSplit === undefined ? {} : { trainSplit: flags.trainSplit }),
        ...(flags.valSplit === undefined ? {} : { valSplit: flags.valSplit }),
        seed: flags.seed,
        engine,
        mode,
        budget: flags.maxMinutes === undefined ? { epochs: flags.epochs ?? config.training.epochs } : { maxMinutes: flags.maxMinutes },
        madeBy: `gpu-setup ${version}`,
      });
  const resumeCommand = `gpu-setup train ${name} --resume --work-dir ${relative(terminal.cwd, target) || '.'}`;
  if (result.ended === 'interrupted') {
    terminal.say(`Interrupted after iteration ${result.iteration}; everything is saved`);
    terminal.say(`hint: \`${resumeCommand}\` goes on`);
    return ExitCode.interrupted;
  }
  const written = await finishWorkDir(target, result, name);
  terminal.say(`Trained ${result.iteration} iterations in ${duration(result.seconds)}`);
  if (flags.json) terminal.out(JSON.stringify(written.scores, null, 2));
  else if (result.evaluation) terminal.out(scoresTable(result.evaluation.summary));
  terminal.say(`report:   ${relative(terminal.cwd, written.report)}`);
  terminal.say(`pictures: ${relative(terminal.cwd, written.pictures)}`);
  return ExitCode.ok;
}

/** The trainer and TensorFlow.js are loaded only by the commands that train: the doctor starts without them. */
async function loadTrainer() {
  const [{ loadYaml }, { configSchema }, { train, resume, readRun }] = await Promise.all([
    import('../../trainer/config/load.js'),
    import('../../trainer/config/schema.js'),
    import('../../trainer/engine/train.js'),
  ]);
  return { loadConfig: (path: string) => loadYaml(path, configSchema), train, resume, readRun };
}

async function shapesIn(terminal: Terminal, directory: string): Promise<void> {
  const { makeShapes } = await import('../../trainer/data/shapes/make-shapes.js');
  terminal.say(`Making \`shapes\` in \`${relative(terminal.cwd, directory)}\``);
  await makeShapes({ directory, images: 300, seed: 0, signal: terminal.signal });
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

function announce(terminal: Terminal, { config, train, validation, parameters, iteration, remarks }: Ready, workDir: string): void {
  const objects = train.records.reduce((sum, { truth }) => sum + truth.boxes.count, 0);
  terminal.say(
    `data: ${train.records.length} pictures of \`${train.split}\`, ${objects} objects of ${config.run.classes.length} classes (${config.run.classes.join(', ')})`,
  );
  terminal.say(`validation: ${validation.records.length} pictures of \`${validation.split}\``);
  for (const remark of remarks.slice(0, 8)) terminal.say(`note: ${remark}`);
  if (remarks.length > 8) terminal.say(`note: and ${remarks.length - 8} more, all in the report`);
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

function seedNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new InvalidArgumentError('not a whole number from 0 to 4294967295');
  return value;
}
