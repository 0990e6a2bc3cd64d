import { resolve } from 'node:path';
import { ExitCode } from '../../errors.js';
import { scoresTable } from '../../report/training-text.js';
import { activateEngine } from '../activate-engine.js';
import type { CliCommand } from '../command.js';
import { type EngineFlags, withEngineFlags } from '../engine-flags.js';
import { part } from '../numbers.js';
import type { Terminal } from '../terminal.js';

interface TestFlags extends EngineFlags {
  readonly data?: string;
  readonly split?: string;
  readonly json?: boolean;
  readonly atLeast?: number;
}

/** `gpu-setup test WORKDIR`: scores a trained detector. */
export const test: CliCommand = {
  register(program, run) {
    const command = program
      .command('test')
      .description('score a trained detector on a split')
      .argument('<workdir>', 'what `gpu-setup train` wrote')
      .option('--data <dir>', 'the data set (the one it was trained on)')
      .option('--split <name>', 'the split (the one it was validated with)');
    withEngineFlags(command)
      .option('--at-least <mAP50>', 'exit 1 when the score is below this (0 to 1)', part)
      .option('--json', 'print one JSON document')
      .action(run((terminal, workDir: string, flags: TestFlags) => score(terminal, workDir, flags)));
  },
};

async function score(terminal: Terminal, workDir: string, flags: TestFlags): Promise<ExitCode> {
  const [{ openTrained }, { evaluate }, { Pictures }, { readVoc }, { scoresJson }, { drawingOf, pictureDetail }] = await Promise.all([
    import('../../trainer/engine/trained.js'),
    import('../../trainer/engine/evaluate.js'),
    import('../../trainer/data/pictures/pictures.js'),
    import('../../trainer/data/voc/read-voc.js'),
    import('../../trainer/evaluation/scores-json.js'),
    import('../../trainer/engine/picture-detail.js'),
  ]);
  await activateEngine(terminal, flags);
  const { config, detector, checkpoint } = await openTrained(resolve(terminal.cwd, workDir));
  const directory = flags.data === undefined ? config.run.data.directory : resolve(terminal.cwd, flags.data);
  const dataset = await readVoc({ directory, split: flags.split ?? config.run.data.valSplit, classes: config.run.classes });
  for (const complaint of dataset.complaints) terminal.say(`note: ${complaint}`);
  terminal.say(`Scoring \`${checkpoint}\` on ${dataset.records.length} pictures of \`${dataset.split}\``);
  const pictures = new Pictures({ cacheBytes: 0, detail: pictureDetail(config) });
  try {
    const batches = pictures.batches({
      dataset,
      batchSize: Math.min(config.training.batch, dataset.records.length),
      ...drawingOf(config),
      seed: config.run.seed,
      signal: terminal.signal,
    });
    const { summary, seconds } = await evaluate(detector, batches, { keep: false, signal: terminal.signal });
    terminal.out(flags.json ? JSON.stringify(scoresJson(summary), null, 2) : scoresTable(summary));
    terminal.say(`${(summary.pictures / seconds).toFixed(1)} pictures a second`);
    return flags.atLeast !== undefined && summary.mAP50 < flags.atLeast ? ExitCode.blocked : ExitCode.ok;
  } finally {
    await pictures.close();
    detector.dispose();
  }
}
